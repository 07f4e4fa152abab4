import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { policyWords } from './policy-words.ts';

// `SLUICE_URL=https://127.0.0.1:8443 npm run dev` shows the console with the data of that daemon.
const proxy = {
  '/api': { target: process.env.SLUICE_URL ?? 'https://127.0.0.1:8443', secure: false },
};

export default defineConfig({
  plugins: [react(), policyWords()],
  build: { target: 'es2022', modulePreload: { polyfill: false }, assetsInlineLimit: 0, reportCompressedSize: true },
  server: { proxy, fs: { allow: ['..'] } },
  preview: { proxy },
});
