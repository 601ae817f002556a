using System.Runtime.InteropServices;

namespace VecStore.Storage;

/// <summary>The deleted rows of one segment, in a file beside it. A deletion writes a new file; the manifest says which one holds.</summary>
public static class DeletionsFile
{
    private const string Bits = "ROWS";

    /// <summary>Writes and flushes the file. Its name is durable after a flush of the folder, which is the caller's.</summary>
    public static void Write(IStoreFiles files, string path, long segmentId, RowSet deleted)
    {
        DeletionsProperties properties = new() { RowCapacity = deleted.Capacity, DeletedCount = deleted.Count };
        using SectionFileWriter writer = SectionFileWriter.Create(files, path, FileKind.Deletions, MemoryMarshal.AsBytes<DeletionsProperties>([properties]), segmentId);
        writer.BeginSection(Bits);
        writer.Write(deleted.Words);
        writer.Complete();
    }

    /// <summary>Reads and verifies the file of a segment that has so many rows.</summary>
    public static unsafe RowSet Read(IStoreFiles files, string path, long segmentId, int rowCount)
    {
        using SectionFile file = SectionFile.Open(files, path, FileKind.Deletions);
        if (file.Identity != segmentId) throw file.Corrupt(24, $"the deletions of segment {segmentId}", $"those of segment {file.Identity}");
        MappedSection bits = file[Bits];
        if (file.Properties.Length < DeletionsProperties.Size) throw file.Corrupt(36, $"{DeletionsProperties.Size} bytes of properties", $"{file.Properties.Length}");
        DeletionsProperties properties = MemoryMarshal.Read<DeletionsProperties>(file.Properties);
        if (properties.RowCapacity != rowCount || bits.Length != RowSet.WordsFor(rowCount) * (long)sizeof(ulong))
            throw file.Corrupt(FileHeader.PropertiesOffset, $"{rowCount} rows", $"{properties.RowCapacity} rows and {bits.Length} bytes");
        bits.EnsureAll();
        RowSet deleted = RowSet.FromWords(new ReadOnlySpan<ulong>(bits.Base, RowSet.WordsFor(rowCount)).ToArray(), rowCount);
        return deleted.Count == properties.DeletedCount
            ? deleted
            : throw bits.Corrupt(0, $"{properties.DeletedCount} deleted rows", $"{deleted.Count}");
    }
}
