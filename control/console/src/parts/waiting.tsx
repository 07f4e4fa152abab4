import { Center, Loader } from '@mantine/core';

export function Waiting() {
  return (
    <Center p="xl" role="status">
      <Loader size="sm" aria-label="Loading" />
    </Center>
  );
}
