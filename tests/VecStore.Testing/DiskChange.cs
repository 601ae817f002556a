namespace VecStore.Testing;

/// <summary>One numbered call: something that changes the disk or makes changes durable. Open files are named by number: their names may change.</summary>
internal abstract record DiskChange(string Path);

internal sealed record FolderMade(string Path) : DiskChange(Path);

internal sealed record FileMade(string Path) : DiskChange(Path);

internal sealed record Written(string Path, int File, long Offset, byte[] Bytes) : DiskChange(Path);

internal sealed record LengthSet(string Path, int File, long Length) : DiskChange(Path);

internal sealed record Flushed(string Path, int File) : DiskChange(Path);

internal sealed record Renamed(string Path, string To) : DiskChange(Path);

internal sealed record Deleted(string Path) : DiskChange(Path);

internal sealed record FolderFlushed(string Path) : DiskChange(Path);
