import { PinInput, Text } from '@mantine/core';

interface Given {
  code: string;
  onChange: (code: string) => void;
  onComplete?: (code: string) => void;
}

export function CodeInput({ code, onChange, onComplete }: Given) {
  return (
    <div>
      <Text size="sm" fw={500} mb={4}>
        Code of your authenticator
      </Text>
      <PinInput
        length={6}
        type="number"
        oneTimeCode
        autoFocus
        aria-label="Code of your authenticator, digit"
        value={code}
        onChange={onChange}
        onComplete={onComplete}
      />
    </div>
  );
}
