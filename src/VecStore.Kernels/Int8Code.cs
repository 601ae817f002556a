using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>
/// Symmetric 8-bit codes of float vectors: element = round(x / scale), scale = max |x| / 127, stored as the unsigned byte element + 128
/// (the form that VNNI multiplies). Inner products are exact integers up to <see cref="MaxDimension"/>, the same at every lane width, and
/// scale(x) * scale(y) * dot approximates x . y. Bytes of a code are 1 .. 255 (0 would stand for -128, which the encoder never writes).
/// </summary>
public static unsafe class Int8Code
{
    /// <summary>The byte that stands for 0.</summary>
    public const int Zero = 128;

    /// <summary>Largest dimension at which no inner product overflows: (2^31 - 1) / 127^2.</summary>
    public const int MaxDimension = 133_144;

    /// <summary>Bytes that the kernels read of a code: the next multiple of 32. What lies in the padding does not matter, the query is zero there.</summary>
    public static int PaddedLength(int dimension) => (dimension + 31) & ~31;

    /// <summary>
    /// Encodes a vector and returns its scale, 0 for a zero vector; the rest of <paramref name="code"/> is filled with <see cref="Zero"/>.
    /// Throws <see cref="ArgumentException"/> when an element is not finite.
    /// </summary>
    public static float Encode(ReadOnlySpan<float> vector, Span<byte> code)
    {
        float scale = Convert.ToInt8(vector, MemoryMarshal.Cast<byte, sbyte>(code));
        code[vector.Length..].Clear();
        FlipSigns(code, code);
        return scale;
    }

    /// <summary>Encodes a query and returns its scale; the rest of <paramref name="elements"/> is filled with 0.</summary>
    public static float EncodeQuery(ReadOnlySpan<float> query, Span<sbyte> elements)
    {
        float scale = Convert.ToInt8(query, elements);
        elements[query.Length..].Clear();
        return scale;
    }

    /// <summary>Makes a query of a code, to compare codes with each other; the rest of <paramref name="elements"/> is filled with 0.</summary>
    public static void ToQuery(ReadOnlySpan<byte> code, Span<sbyte> elements)
    {
        FlipSigns(code, MemoryMarshal.AsBytes(elements));
        elements[code.Length..].Clear();
    }

    /// <summary>The sum of squares of a code's elements.</summary>
    public static int Squares(byte* code, int dimension)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)dimension, (uint)MaxDimension, nameof(dimension));
        return CodeSum.SquaresOf(code, dimension);
    }

    /// <summary>Inner product of a query and a code.</summary>
    public static int Dot(in Int8Query query, byte* code)
    {
        int dot;
        VisitRows(Lanes.Width, query, new(code, 0, 1, query.Dimension), &dot);
        return dot;
    }

    /// <summary>One query x all codes, in order.</summary>
    public static void Rows(in Int8Query query, in RowBlock<byte> codes, Span<int> dots) => Rows(Lanes.Width, query, codes, dots);

    /// <summary>One query x the codes picked, several at a time, asking for later ones ahead: dots[i] is for code picks[i].</summary>
    public static void Gather(in Int8Query query, in RowBlock<byte> codes, ReadOnlySpan<int> picks, Span<int> dots) =>
        Gather(Lanes.Width, query, codes, picks, dots);

    internal static void Rows(LaneWidth width, in Int8Query query, in RowBlock<byte> codes, Span<int> dots)
    {
        RequireRoom(dots.Length, codes.Count);
        fixed (int* into = dots) VisitRows(width, query, codes, into);
    }

    internal static void Gather(LaneWidth width, in Int8Query query, in RowBlock<byte> codes, ReadOnlySpan<int> picks, Span<int> dots)
    {
        if (picks.IsEmpty) return;
        RequireRoom(dots.Length, picks.Length);
        fixed (int* picked = picks)
        fixed (int* into = dots) VisitPicks(width, query, codes, picked, picks.Length, into);
    }

    // The best instruction set that the width allows.
    private static void VisitRows(LaneWidth width, in Int8Query query, in RowBlock<byte> codes, int* dots)
    {
        if (width >= LaneWidth.Bits256 && AvxVnni.IsSupported) CodeLoops<VnniStep, Vector256<sbyte>, Vector256<int>>.Rows(query, codes, dots);
        else if (width >= LaneWidth.Bits256 && Avx2.IsSupported) CodeLoops<Avx2Step, TurnedQuery, Vector256<int>>.Rows(query, codes, dots);
        else if (width >= LaneWidth.Bits128) CodeLoops<Vector128Step, Vector128<sbyte>, Vector128<int>>.Rows(query, codes, dots);
        else CodeLoops<ScalarStep, int, int>.Rows(query, codes, dots);
    }

    private static void VisitPicks(LaneWidth width, in Int8Query query, in RowBlock<byte> codes, int* picks, int count, int* dots)
    {
        if (width >= LaneWidth.Bits256 && AvxVnni.IsSupported) CodeLoops<VnniStep, Vector256<sbyte>, Vector256<int>>.Gather(query, codes, picks, count, dots);
        else if (width >= LaneWidth.Bits256 && Avx2.IsSupported) CodeLoops<Avx2Step, TurnedQuery, Vector256<int>>.Gather(query, codes, picks, count, dots);
        else if (width >= LaneWidth.Bits128) CodeLoops<Vector128Step, Vector128<sbyte>, Vector128<int>>.Gather(query, codes, picks, count, dots);
        else CodeLoops<ScalarStep, int, int>.Gather(query, codes, picks, count, dots);
    }

    private static void FlipSigns(ReadOnlySpan<byte> source, Span<byte> target)
    {
        int i = 0;
        for (; i <= source.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            (Vector256.Create(source[i..]) ^ Vector256.Create((byte)Zero)).CopyTo(target[i..]);
        for (; i < source.Length; i++) target[i] = (byte)(source[i] ^ Zero);
    }

    private static void RequireRoom(int room, int count)
    {
        if (room < count) throw new ArgumentException($"room for {room} results, {count} codes");
    }
}
