namespace VecStore.Formats.Writing;

/// <summary>A file that is written under another name and renamed when it is complete, so that a mapped or half-written file is never met.</summary>
internal sealed class AtomicFile : IDisposable
{
    private readonly string path;
    private readonly string partial;
    private readonly FileStream file;
    private bool completed;

    public AtomicFile(string path)
    {
        this.path = path;
        partial = path + ".partial";
        file = new(partial, FileMode.Create, FileAccess.ReadWrite, FileShare.None, 1 << 20);
    }

    public Stream Stream => file;

    public void Complete()
    {
        file.Flush(flushToDisk: true);
        file.Dispose();
        File.Move(partial, path, overwrite: true);
        completed = true;
    }

    public void Dispose()
    {
        file.Dispose();
        if (!completed) File.Delete(partial);
    }
}
