namespace VecStore.Cli;

/// <summary>What the process tells the one who called it.</summary>
internal static class ExitCode
{
    public const int Success = 0;

    /// <summary>The world is not as it should be: damage, an I/O error, a store that is locked.</summary>
    public const int Failure = 1;

    /// <summary>What was asked cannot be done as it was asked: the command line or the files it names must change.</summary>
    public const int Mistake = 2;

    /// <summary>Stopped by Ctrl-C: 128 + SIGINT, as shells have it.</summary>
    public const int Interrupted = 130;
}
