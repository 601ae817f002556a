using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Indexing;

/// <summary>
/// A query as signs are compared with it: each element rounded to -3 .. 3 steps of .65 standard deviations (nearly the best for a normal
/// distribution), as three planes of bits, one after the other: sign, 1 and 2. q . sign(y) is then the sum of the magnitudes less twice those whose signs differ.
/// </summary>
internal readonly unsafe struct SignQuery
{
    public const int Planes = 3;

    /// <summary>Rows that are asked for ahead.</summary>
    public const int RowsAhead = 16;

    private const int Largest = 3;
    private const double StepOfDeviation = 0.65;

    private readonly ulong* _planes;
    private readonly int _words;
    private readonly int _total;
    private readonly float _step;
    private readonly float _offset;

    private SignQuery(ulong* planes, int words, int total, float step, float length, float offset)
    {
        _planes = planes;
        _words = words;
        _total = total;
        _step = step;
        _offset = offset;
        Length = length;
    }

    /// <summary>Length of the query, in the units in which a factor multiplies it.</summary>
    public float Length { get; }

    /// <summary>Bytes of the planes.</summary>
    public static int BytesOf(int dimension) => SignTable.Words(dimension) * Planes * sizeof(ulong);

    /// <summary>Takes a centred query and its offset (see <see cref="CodeTable"/>).</summary>
    public static SignQuery Of(ReadOnlySpan<float> centred, Metric metric, float offset, ulong* planes)
    {
        int words = SignTable.Words(centred.Length), total = 0;
        new Span<ulong>(planes, words * Planes).Clear();
        double square = 0;
        foreach (float element in centred) square += (double)element * element;
        double step = StepOfDeviation * Math.Sqrt(square / centred.Length);
        for (int i = 0; i < centred.Length && step > 0; i++)
        {
            ulong* at = planes + (i / 64);
            ulong magnitude = (ulong)Math.Min(Largest, (Math.Abs((double)centred[i]) / step) + 0.5);
            at[0] |= (centred[i] >= 0 ? 1UL : 0) << i;
            at[words] |= (magnitude & 1) << i;
            at[2 * words] |= (magnitude >> 1) << i;
            total += (int)magnitude;
        }
        double unit = metric == Metric.Euclidean ? Math.Sqrt(2) : 1;
        return new SignQuery(planes, words, total, (float)(step * unit), (float)(Math.Sqrt(square) * unit), offset);
    }

    /// <summary>The scores that signs give some rows, each with the margin on top.</summary>
    /// <param name="records">Of <see cref="SignTable"/>.</param>
    /// <param name="rows">Which; <see cref="RowsAhead"/> more follow, which are asked for ahead.</param>
    /// <param name="count">How many.</param>
    /// <param name="margin">A measured margin times <see cref="Length"/>.</param>
    /// <param name="bounds">Takes the scores.</param>
    public void AtMost(byte* records, uint* rows, int count, float margin, float* bounds)
    {
        if (_words == 2) AtMost<TwoWords>(records, rows, count, margin, bounds);
        else AtMost<AnyWords>(records, rows, count, margin, bounds);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void AtMost<TDifference>(byte* records, uint* rows, int count, float margin, float* bounds) where TDifference : struct, IDifference
    {
        ulong* planes = _planes;
        int words = _words;
        nint stride = (words + 1) * sizeof(ulong);
        float twoSteps = 2 * _step, most = (_step * _total) + margin, offset = _offset;
        uint* end = rows + count;
        for (; rows < end; rows++, bounds++)
        {
            if (Sse.IsSupported)
            {
                byte* later = records + (rows[RowsAhead] * stride);
                for (nint line = 0; line < stride; line += 64) Sse.Prefetch0(later + line);
                Sse.Prefetch0(later + stride - 1);
            }
            byte* record = records + (*rows * stride);
            int differing = TDifference.Of((ulong*)record, planes, words);
            float* numbers = (float*)(record + stride - 8);
            *bounds = (numbers[0] * (most - (twoSteps * differing))) + (numbers[1] + offset);
        }
    }

    /// <summary>The sum of the query's magnitudes where signs differ.</summary>
    private interface IDifference
    {
        static abstract int Of(ulong* bits, ulong* planes, int words);
    }

    /// <summary>Of 65 to 128 dimensions.</summary>
    private readonly struct TwoWords : IDifference
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Of(ulong* bits, ulong* planes, int words)
        {
            ulong first = bits[0] ^ planes[0], second = bits[1] ^ planes[1];
            int ones = BitOperations.PopCount(first & planes[2]) + BitOperations.PopCount(second & planes[3]);
            return ones + (2 * (BitOperations.PopCount(first & planes[4]) + BitOperations.PopCount(second & planes[5])));
        }
    }

    private readonly struct AnyWords : IDifference
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public static int Of(ulong* bits, ulong* planes, int words)
        {
            ulong* ones = planes + words, twos = ones + words;
            int sum = 0, word = 0;
            if (Avx2.IsSupported)
            {
                // Bits of a nibble by table; bytes hold the sums of ten steps at most 24 each.
                Vector256<byte> counts = Vector256.Create(Vector128.Create((byte)0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4)), nibble = Vector256.Create((byte)15);
                while (word <= words - 4)
                {
                    Vector256<byte> bytes = default;
                    for (int end = Math.Min(words - 4, word + (4 * 9)); word <= end; word += 4)
                    {
                        Vector256<byte> differ = (Vector256.Load(bits + word) ^ Vector256.Load(planes + word)).AsByte();
                        Vector256<byte> one = differ & Vector256.Load(ones + word).AsByte(), two = differ & Vector256.Load(twos + word).AsByte();
                        Vector256<byte> twice = Avx2.Shuffle(counts, two & nibble) + Avx2.Shuffle(counts, (two.AsUInt16() >> 4).AsByte() & nibble);
                        bytes += Avx2.Shuffle(counts, one & nibble) + Avx2.Shuffle(counts, (one.AsUInt16() >> 4).AsByte() & nibble) + twice + twice;
                    }
                    sum += (int)Vector256.Sum(Avx2.SumAbsoluteDifferences(bytes, Vector256<byte>.Zero).AsUInt64());
                }
            }
            for (; word < words; word++)
            {
                ulong differ = bits[word] ^ planes[word];
                sum += BitOperations.PopCount(differ & ones[word]) + (2 * BitOperations.PopCount(differ & twos[word]));
            }
            return sum;
        }
    }
}
