using VecStore.Storage;

namespace VecStore;

/// <summary>An attachment of a collection, open for reading: immutable, mapped, checksummed. The file stays mapped until it is disposed. Safe for several threads.</summary>
public sealed class Attachment : IDisposable
{
    private readonly AttachmentHandle _handle;
    private int _disposed;

    internal Attachment(AttachmentHandle handle)
    {
        File = handle.File;
        _handle = handle;
        handle.AddReference();
    }

    /// <summary>Name, kind and provenance.</summary>
    public AttachmentEntry Entry => _handle.Entry;

    /// <summary>The file. Call <see cref="MappedSection.Ensure"/> for a range of a section before reading it.</summary>
    public SectionFile File { get; }

    /// <summary>Lets go of the file.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0) _handle.Release();
    }
}
