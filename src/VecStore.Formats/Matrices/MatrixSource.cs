using System.Runtime.InteropServices;

using VecStore.Formats.Elements;

namespace VecStore.Formats.Matrices;

/// <summary>Rows of a dense matrix. One stored by element is transposed a tile of rows at a time.</summary>
internal sealed class MatrixSource : VectorSource
{
    private const int ScratchBytes = 1 << 20;
    private const int TileElements = 4 << 20;
    private const int Columns = 16;

    private readonly MatrixBytes bytes;
    private readonly MatrixLayout layout;
    private readonly IRowKeys? keys;
    private readonly TokenPlaces? places;
    private byte[] scratch = [];
    private float[] strips = [];
    private float[] tile = [];
    private long tileStart;
    private int tileRows;
    private long next;

    public MatrixSource(
        string path, VectorFileFormat format, MatrixBytes bytes, MatrixLayout layout, SourceOptions options,
        IRowKeys? keys = null, TokenPlaces? places = null, params IEnumerable<string> notes)
        : base(path, format, layout.Dimension, options)
    {
        this.bytes = bytes;
        this.layout = layout;
        this.keys = keys;
        this.places = places;
        Fields = places?.Fields ?? [];
        RowCount = layout.Rows;
        StoredElement = layout.Element;
        OwnKeys = keys is not null;
        if (ElementDecoder.Loss(layout.Element) is { } loss) Note(loss);
        if (places?.Note is { } origin) Note(origin);
        foreach (string note in notes) Note(note);
    }

    internal override long DocumentCount => layout.RowsPerDocument is { } perDocument ? (layout.Rows + perDocument - 1) / perDocument : 0;

    private protected override int Fill(VectorBlock block, int wanted)
    {
        int count = (int)Math.Min(wanted, layout.Rows - next);
        if (count == 0) return 0;
        count = layout.ByElement ? FillTransposed(block.Rows, count) : FillInOrder(block.Rows, count);
        keys?.Read(next, block, count);
        places?.Read(next, block, count);
        next += count;
        return count;
    }

    private protected override long Skip(long rows)
    {
        next += rows;
        return rows;
    }

    private protected override void Close()
    {
        keys?.Dispose();
        places?.Dispose();
        bytes.Dispose();
    }

    private int FillInOrder(float[] results, int count)
    {
        int elements = count * layout.Dimension;
        long offset = next * layout.Dimension * layout.Width;
        if (layout is { Element: StoredElement.Float32, BigEndian: false })
        {
            bytes.Read(offset, MemoryMarshal.AsBytes(results.AsSpan(0, elements)));
            return count;
        }
        for (int done = 0; done < elements;)
        {
            int step = Math.Min(elements - done, ScratchBytes / layout.Width);
            Decode(offset + (long)done * layout.Width, results.AsSpan(done, step));
            done += step;
        }
        return count;
    }

    private int FillTransposed(float[] results, int count)
    {
        if (next < tileStart || next >= tileStart + tileRows) ReadTile();
        int within = (int)(next - tileStart);
        count = Math.Min(count, tileRows - within);
        tile.AsSpan(within * layout.Dimension, count * layout.Dimension).CopyTo(results);
        return count;
    }

    // Sixteen columns at a time, so that each row of the tile is written a cache line at a time.
    private void ReadTile()
    {
        int dimension = layout.Dimension;
        tileStart = next;
        tileRows = (int)Math.Min(layout.Rows - next, Math.Max(1, TileElements / dimension));
        if (tile.Length < tileRows * dimension) tile = new float[tileRows * dimension];
        int most = Math.Min(Columns, dimension) * tileRows;
        if (strips.Length < most) strips = new float[most];
        for (int first = 0; first < dimension; first += Columns)
        {
            int width = Math.Min(Columns, dimension - first);
            for (int column = 0; column < width; column++)
            {
                long offset = ((first + column) * layout.Rows + tileStart) * layout.Width;
                for (int done = 0; done < tileRows;)
                {
                    int step = Math.Min(tileRows - done, ScratchBytes / layout.Width);
                    Decode(offset + (long)done * layout.Width, strips.AsSpan(column * tileRows + done, step));
                    done += step;
                }
            }
            for (int row = 0; row < tileRows; row++)
            {
                Span<float> target = tile.AsSpan(row * dimension + first, width);
                for (int column = 0; column < target.Length; column++) target[column] = strips[column * tileRows + row];
            }
        }
    }

    private void Decode(long offset, Span<float> results)
    {
        int length = results.Length * layout.Width;
        if (scratch.Length < length) scratch = new byte[length];
        bytes.Read(offset, scratch.AsSpan(0, length));
        ElementDecoder.Decode(layout.Element, layout.BigEndian, scratch.AsSpan(0, length), results);
    }
}

/// <summary>Keys that a file holds beside its matrix.</summary>
internal interface IRowKeys : IDisposable
{
    void Read(long firstRow, VectorBlock block, int count);
}
