namespace VecStore.Storage.Tests.Segments;

/// <summary>One number for everything that a segment answers, so that two states of a file can be compared quickly.</summary>
internal static unsafe class SegmentDigest
{
    public static ulong Of(ISegment segment)
    {
        ulong digest = 0;
        int rows = segment.Count;
        VectorRows vectors = segment.Vectors;
        for (int row = 0; row < rows; row++)
        {
            vectors.Ensure(row, 1);
            Add(ref digest, new ReadOnlySpan<byte>(vectors.Base + (row * (long)vectors.StrideBytes), (int)vectors.StrideBytes));
            if (vectors.InverseNorms != null) Add(ref digest, BitConverter.SingleToUInt32Bits(vectors.InverseNorms[row]));
            if (vectors.Scales != null) Add(ref digest, BitConverter.SingleToUInt32Bits(vectors.Scales[row]));
            bool found;
            int at;
            if (segment.Schema.KeyKind == KeyKind.Int64)
            {
                Add(ref digest, (ulong)segment.Int64Key(row));
                found = segment.TryFind(segment.Int64Key(row), rows, null, out at);
            }
            else
            {
                Add(ref digest, segment.Utf8Key(row));
                found = segment.TryFind(segment.Utf8Key(row), rows, null, out at);
            }
            Add(ref digest, found ? (ulong)at : ulong.MaxValue);
        }
        foreach (Column column in segment.Columns) Add(ref digest, column, rows);
        return digest;
    }

    private static void Add(ref ulong digest, Column column, int rows)
    {
        foreach (ulong word in column.Presence(rows)) Add(ref digest, word);
        switch (column)
        {
            case Int64Column numbers:
                foreach (long value in numbers.Values(rows)) Add(ref digest, (ulong)value);
                break;
            case DoubleColumn numbers:
                foreach (double value in numbers.Values(rows)) Add(ref digest, BitConverter.DoubleToUInt64Bits(value));
                break;
            case BoolColumn bits:
                foreach (ulong word in bits.Values(rows)) Add(ref digest, word);
                break;
            case StringColumn strings:
                for (int row = 0; row < rows; row++) Add(ref digest, strings.Utf8(row));
                break;
            case StringListColumn lists:
                for (int row = 0; row < rows; row++)
                {
                    foreach (uint code in lists.Codes(row)) Add(ref digest, lists.Dictionary[code]);
                    Add(ref digest, (ulong)lists.Codes(row).Length);
                }
                break;
            default:
                throw new InvalidOperationException(column.ToString());
        }
    }

    private static void Add(ref ulong digest, ReadOnlySpan<byte> bytes) => Add(ref digest, Crc32C.Compute(bytes) + ((ulong)bytes.Length << 32));

    private static void Add(ref ulong digest, ulong value) => digest = (digest ^ value) * 0x9E3779B97F4A7C15 ^ (digest >> 29);
}
