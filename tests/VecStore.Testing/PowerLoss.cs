namespace VecStore.Testing;

/// <summary>What a loss of power leaves of that which was not flushed. What was flushed is always there.</summary>
public enum PowerLoss
{
    /// <summary>Everything, as after the death of the process alone.</summary>
    KeepsAll,

    /// <summary>Nothing: no write, no length, no name.</summary>
    DropsAll,

    /// <summary>All names, but no data: the empty file that a rename left.</summary>
    KeepsNames,

    /// <summary>All data of the files whose names were flushed, but no name.</summary>
    KeepsData,

    /// <summary>The first so many changes in the order in which they were made, over all files; the one after them torn.</summary>
    KeepsPrefix,

    /// <summary>Any of the changes, writes torn at 512 bytes.</summary>
    TearsSectors,

    /// <summary>Any of the changes, writes torn at 4,096 bytes.</summary>
    TearsPages,
}

/// <summary>How a call fails.</summary>
public enum Fault
{
    /// <summary>EIO; nothing was done.</summary>
    IoError,

    /// <summary>ENOSPC; nothing was done, or the first half of a write.</summary>
    DiskFull,

    /// <summary>A read returns half of what was asked for (and there).</summary>
    ShortRead,
}

/// <summary>The simulated machine stopped: this call and all later ones.</summary>
public sealed class PowerCutException() : Exception("the simulated machine has stopped");

/// <summary>A failure that <see cref="FaultFiles.FailAt"/> asked for.</summary>
public sealed class InjectedFaultException(string message, int code) : IOException(message, code);
