namespace VecStore.Cli;

/// <summary>The user asked for something that cannot be: shown as one line, exit code 2. The message holds the value and what is allowed.</summary>
internal sealed class MistakeException(string message) : Exception(message);
