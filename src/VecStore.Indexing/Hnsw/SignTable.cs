using VecStore.Kernels;

namespace VecStore.Indexing;

/// <summary>
/// One bit a dimension: the sign of y = x - mean, with the factor f = |y|^2 / |y|_1, so that f (q . sign(y)) estimates q . y without bias for rows
/// in the direction of the query (RaBitQ: Gao and Long, 2024, section 3.2, without the rotation: it changed nothing measurable). Made from the
/// int8 codes, one record a row, in the order of the rows. How far an estimate may lie below the truth was measured when the table was made.
/// </summary>
internal static unsafe class SignTable
{
    /// <summary>Bytes before the first record: <see cref="Steps"/> margins and as many shares.</summary>
    public const int HeaderBytes = 64;

    /// <summary>Rows among which the margins were measured, unless there are fewer.</summary>
    public const int Sampled = 8192;

    private const int Steps = 8, Queries = 128, Nearest = 10;

    /// <summary>A table is of no use when more than this share of the rows has to be looked at on their codes all the same.</summary>
    private const float LargestShare = 0.25f;

    /// <summary>The shares of true neighbours that margins are measured for.</summary>
    public static ReadOnlySpan<float> Kept => [0.9f, 0.95f, 0.97f, 0.98f, 0.99f, 0.995f, 0.999f, 1];

    public static int Words(int dimension) => (dimension + 63) / 64;

    /// <summary>Bytes of a record: the bits, then factor and offset as floats.</summary>
    public static int Stride(int dimension) => (Words(dimension) + 1) * sizeof(ulong);

    public static long Length(int rows, int dimension) => HeaderBytes + ((long)rows * Stride(dimension));

    /// <summary>
    /// The margin for a recall, and the share of rows which it leaves to be looked at. A search finds more than the share that a margin keeps, for the
    /// first by signs are looked at in any case: the margin of .95 serves a recall of .97, and measures .98 to .99.
    /// </summary>
    public static (float Margin, float Share) For(byte* table, double recall)
    {
        int step = 0;
        while (step < Steps - 1 && 1 - Kept[step] > (5.0 / 3 * (1 - recall)) + 1e-6) step++;
        return (((float*)table)[step], ((float*)table)[Steps + step]);
    }

    /// <summary>
    /// Makes the table of all rows, or returns null when there are too few rows to measure on, or signs tell too little of this data.
    /// <paramref name="codes"/> holds a record for each linked node, <paramref name="rowOf"/> the row of each; the last nodes are a random sample.
    /// Records of rows that are copies stay zero: their linked node stands for them.
    /// </summary>
    public static NativeBlock<byte>? Make(byte* codes, ReadOnlySpan<int> rowOf, int rows, int dimension, Metric metric)
    {
        int nodes = rowOf.Length, codeStride = CodeTable.Stride(dimension), stride = Stride(dimension);
        if (nodes < Queries + Sampled / 2) return null;
        var table = new NativeBlock<byte>(Length(rows, dimension));
        byte* records = table.Base + HeaderBytes;
        int sampled = Math.Min(Sampled, nodes - Queries), first = nodes - Queries - sampled;
        for (int node = first; node < nodes; node++) Encode(codes + ((nint)node * codeStride), dimension, records + ((nint)rowOf[node] * stride));
        Measure(table.Base, new CodeSpace(codes, codeStride, nodes, dimension), codes, rowOf, first, sampled, dimension, metric);
        (float margin, float share) = For(table.Base, new HnswSearchOptions().TargetRecall);
        if (!float.IsFinite(margin) || !(share <= LargestShare))
        {
            table.Dispose();
            return null;
        }
        for (int node = 0; node < first; node++) Encode(codes + ((nint)node * codeStride), dimension, records + ((nint)rowOf[node] * stride));
        return table;
    }

    /// <summary>The record of a code.</summary>
    public static void Encode(byte* code, int dimension, byte* record)
    {
        int words = Words(dimension);
        long squares = 0, magnitudes = 0;
        for (int i = 0; i < dimension; i++)
        {
            int element = code[i] - Int8Code.Zero;
            squares += element * element;
            magnitudes += Math.Abs(element);
        }
        ulong* bits = (ulong*)record;
        for (int word = 0; word < words; word++)
        {
            ulong signs = 0;
            int count = Math.Min(64, dimension - (word * 64));
            // The highest bit of a code's byte is set from 0 upwards.
            for (int i = 0; i < count; i++) signs |= (ulong)(code[(word * 64) + i] >> 7) << i;
            bits[word] = signs;
        }
        byte* tail = code + CodeTable.Stride(dimension) - 8;
        float* numbers = (float*)(bits + words);
        numbers[0] = magnitudes == 0 ? 0 : (float)(*(float*)tail * (squares / (double)magnitudes));
        numbers[1] = *(float*)(tail + 4);
    }

    // Sampled nodes ask for their neighbours among other sampled nodes: how far below the code's score lies what the signs say of the nearest?
    private static void Measure(byte* header, CodeSpace space, byte* codes, ReadOnlySpan<int> rowOf, int first, int sampled, int dimension, Metric metric)
    {
        int stride = Stride(dimension), codeStride = CodeTable.Stride(dimension);
        using var scratch = new SearchScratch(1, space.QueryBytes, dimension);
        float[] errors = new float[Queries * Nearest], gaps = new float[Queries * sampled], scores = new float[sampled], bounds = new float[sampled];
        var vector = new float[dimension];
        scratch.ReserveRows(sampled + SignQuery.RowsAhead);
        for (int i = 0; i < sampled + SignQuery.RowsAhead; i++) scratch.Listed[i] = (uint)rowOf[first + i];
        Span<float> best = stackalloc float[Nearest];
        int count = 0;
        for (int query = 0; query < Queries; query++)
        {
            uint node = (uint)(first + sampled + query);
            byte* code = codes + ((nint)node * codeStride);
            float scale = *(float*)(code + codeStride - 8) / (metric == Metric.Euclidean ? MathF.Sqrt(2) : 1);
            for (int i = 0; i < dimension; i++) vector[i] = scale * (code[i] - Int8Code.Zero);
            SignQuery signs = SignQuery.Of(vector, metric, *(float*)(code + codeStride - 4), scratch.SignPlanes);
            space.LoadNode(node, scratch.Query);
            for (int at = 0; at < sampled; at += SearchScratch.MaxDegree)
            {
                int some = Math.Min(SearchScratch.MaxDegree, sampled - at);
                for (int i = 0; i < some; i++) scratch.Picks[i] = (uint)(first + at + i);
                space.Score(scratch.Query, scratch.Picks, some, scratch.Scores);
                new ReadOnlySpan<float>(scratch.Scores, some).CopyTo(scores.AsSpan(at));
            }
            fixed (float* into = bounds) signs.AtMost(header + HeaderBytes, scratch.Listed, sampled, 0, into);
            best.Fill(float.NegativeInfinity);
            foreach (float score in scores)
            {
                int place = Nearest;
                for (; place > 0 && best[place - 1] < score; place--)
                {
                    if (place < Nearest) best[place] = best[place - 1];
                }
                if (place < Nearest) best[place] = score;
            }
            float last = best[^1];
            int taken = 0;
            for (int i = 0; i < sampled; i++)
            {
                uint row = (uint)rowOf[first + i];
                float estimate = bounds[i], unit = signs.Length * *(float*)(header + HeaderBytes + (((nint)row + 1) * stride) - 8);
                // In units of the margin: what it must be for the row to be looked at.
                gaps[(query * sampled) + i] = unit > 0 ? (last - estimate) / unit : estimate > last ? float.MinValue : float.MaxValue;
                if (scores[i] < last || taken == Nearest) continue;
                taken++;
                errors[count++] = unit > 0 ? (scores[i] - estimate) / unit : 0;
            }
        }
        Array.Sort(errors, 0, count);
        for (int step = 0; step < Steps; step++)
        {
            float margin = Math.Max(0, errors[Math.Min(count - 1, (int)Math.Ceiling(count * Kept[step]))]);
            int looked = 0;
            foreach (float gap in gaps) looked += gap < margin ? 1 : 0;
            ((float*)header)[step] = margin;
            ((float*)header)[Steps + step] = looked / (float)gaps.Length;
        }
    }
}
