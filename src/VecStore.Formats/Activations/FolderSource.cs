using VecStore.Formats.Bytes;

namespace VecStore.Formats.Activations;

/// <summary>
/// A folder of activations as one source: a data set of Hugging Face, whose state.json names its Arrow files, or chunks of one format in the order of the numbers in
/// their names. Documents are numbered on through all files.
/// </summary>
internal sealed class FolderSource : VectorSource
{
    private readonly SourceOptions options;
    private readonly Part[] parts;
    private VectorSource? current;
    private int part;
    private long next;

    private sealed record Part(string Path, long First, long Rows, long FirstDocument);

    private FolderSource(string folder, VectorSource first, Part[] parts, SourceOptions options, IEnumerable<string> notes) : base(folder, first.Format, first.Dimension, options)
    {
        (this.parts, this.options) = (parts, options);
        RowCount = parts[^1].First + parts[^1].Rows;
        StoredElement = first.StoredElement;
        Fields = first.Fields;
        foreach (string note in notes.Concat(first.Notes)) Note(note);
    }

    public static FolderSource Of(string folder, SourceOptions options)
    {
        List<string> notes = [];
        string[] files = FolderFiles.Of(folder, notes);
        if (options.TokensPath is not null) throw new VectorFileException(folder, 0, "token ids of their own go with one file, not with a folder of them");
        List<Part> parts = [];
        VectorSource? first = null;
        try
        {
            long rows = 0, documents = 0;
            foreach (string path in files)
            {
                VectorSource source = VectorSource.Open(new FileBytes(path), options);
                if (source.RowCount is not { } count) throw new VectorFileException(path, 0, "a part of a folder that does not say how many rows it has");
                parts.Add(new(path, rows, count, documents));
                rows += count;
                documents += source.DocumentCount;
                if (first is null)
                {
                    first = source;
                    continue;
                }
                using (source)
                {
                    if (source.Dimension != first.Dimension || source.StoredElement != first.StoredElement || !source.Fields.SequenceEqual(first.Fields))
                        throw new VectorFileException(path, 0, $"{source.Dimension} {source.StoredElement} with [{Names(source)}], {System.IO.Path.GetFileName(first.Path)} has {first.Dimension} {first.StoredElement} with [{Names(first)}]");
                }
            }
            notes.Add($"{parts.Count:N0} files, {System.IO.Path.GetFileName(files[0])} to {System.IO.Path.GetFileName(files[^1])}");
            return new(folder, first!, [.. parts], options, notes);
        }
        finally
        {
            first?.Dispose();
        }
    }

    private protected override int Fill(VectorBlock block, int wanted)
    {
        while (part < parts.Length && next >= parts[part].First + parts[part].Rows)
        {
            current?.Dispose();
            current = null;
            part++;
        }
        if (part == parts.Length) return 0;
        if (current is null)
        {
            current = VectorSource.Open(new FileBytes(parts[part].Path), options);
            if (current.RowCount != parts[part].Rows) throw new VectorFileException(parts[part].Path, 0, "the file changed while it was read");
        }
        current.SkipTo(next - parts[part].First);
        int count = current.FillNext(block, (int)Math.Min(wanted, parts[part].First + parts[part].Rows - next));
        if (Fields is [{ Name: "document" }, ..])
        {
            SourceColumn documents = block.Column(0);
            for (int row = 0; row < count; row++) documents.Set(row, documents.Int64(row) + parts[part].FirstDocument);
        }
        next += count;
        return count;
    }

    private protected override long Skip(long rows)
    {
        rows = Math.Min(rows, RowCount!.Value - next);
        next += rows;
        return rows;
    }

    private protected override void Close() => current?.Dispose();

    private static string Names(VectorSource source) => string.Join(", ", source.Fields.Select(field => field.Name));
}
