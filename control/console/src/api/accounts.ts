import { useQuery } from '@tanstack/react-query';
import { api, ask } from './client';

export const useRoles = () => useQuery({ queryKey: ['roles'], queryFn: () => ask(api.GET('/api/v1/roles')) });
export const useAccounts = () => useQuery({ queryKey: ['accounts'], queryFn: () => ask(api.GET('/api/v1/accounts')) });
export const useTokens = () => useQuery({ queryKey: ['tokens'], queryFn: () => ask(api.GET('/api/v1/tokens')) });
