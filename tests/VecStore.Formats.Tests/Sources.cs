using System.Text;

using VecStore.Formats.Bytes;

namespace VecStore.Formats.Tests;

/// <summary>Files in memory, and everything that a source delivers.</summary>
internal static class Sources
{
    public static VectorSource Open(string name, byte[] bytes, SourceOptions? options = null) =>
        VectorSource.Open(new MemoryBytes(name, bytes), options ?? new());

    public static Table Read(string name, byte[] bytes, SourceOptions? options = null, int blockRows = 3)
    {
        using VectorSource source = Open(name, bytes, options);
        return Drain(source, blockRows);
    }

    public static Table Read(string name, string text, SourceOptions? options = null, int blockRows = 3) =>
        Read(name, Encoding.UTF8.GetBytes(text), options, blockRows);

    public static VectorFileException Refusal(string name, byte[] bytes, SourceOptions? options = null) =>
        Assert.Throws<VectorFileException>(() => Read(name, bytes, options));

    public static VectorFileException Refusal(string name, string text, SourceOptions? options = null) =>
        Refusal(name, Encoding.UTF8.GetBytes(text), options);

    public static Table Drain(VectorSource source, int blockRows = 3)
    {
        VectorBlock block = new(blockRows);
        Table table = new(source.Format, source.Dimension, [], [], [.. source.Fields], [], source.Notes);
        while (source.Read(block))
        {
            Assert.Equal(table.Rows.Count, block.FirstRow);
            for (int row = 0; row < block.Count; row++)
            {
                table.Rows.Add(block.Row(row).ToArray());
                table.Keys.Add(block.Keys[row]);
                table.Values.Add([.. block.Columns.Select(column => column[row])]);
            }
        }
        Assert.Equal(table.Rows.Count, source.Position);
        if (source.RowCount is { } rows) Assert.Equal(rows, table.Rows.Count);
        return table;
    }
}

internal sealed record Table(
    VectorFileFormat Format, int Dimension, List<float[]> Rows, List<string?> Keys, SourceField[] Fields, List<object?[]> Values, IReadOnlyList<string> Notes);
