namespace VecStore;

/// <summary>The base of the errors that VecStore raises when the world is not as it should be.</summary>
public class VecStoreException : Exception
{
    /// <summary>An error with its message.</summary>
    public VecStoreException(string message) : base(message) { }

    /// <summary>An error with its message and cause.</summary>
    public VecStoreException(string message, Exception inner) : base(message, inner) { }
}

/// <summary>A file of the store is damaged: says which file, where, what was expected, what was found and what cures it.</summary>
public sealed class StoreCorruptException(string file, long offset, string expected, string found, string cure)
    : VecStoreException($"{file} is damaged at byte {offset}: expected {expected}, found {found}. {cure}")
{
    /// <summary>The damaged file.</summary>
    public string File { get; } = file;

    /// <summary>Where in the file, in bytes from its start.</summary>
    public long Offset { get; } = offset;

    /// <summary>What should have been there.</summary>
    public string Expected { get; } = expected;

    /// <summary>What is there.</summary>
    public string Found { get; } = found;

    /// <summary>What the user can do about it.</summary>
    public string Cure { get; } = cure;
}

/// <summary>Another process has the store open for writing.</summary>
public sealed class StoreLockedException(string file, string holder)
    : VecStoreException($"the store is open for writing by {holder} (lock file {file}). Close it there, or open this one read-only.")
{
    /// <summary>The lock file.</summary>
    public string File { get; } = file;

    /// <summary>Who holds it: process id, program and since when.</summary>
    public string Holder { get; } = holder;
}

/// <summary>The file was written by a version of VecStore that this one cannot read.</summary>
public sealed class FormatVersionException(string file, int found, int supported)
    : VecStoreException($"{file} has format version {found}; this VecStore reads up to version {supported}. Open it with a newer VecStore.")
{
    /// <summary>The file.</summary>
    public string File { get; } = file;

    /// <summary>The version it has.</summary>
    public int Found { get; } = found;

    /// <summary>The newest version this library reads.</summary>
    public int Supported { get; } = supported;
}
