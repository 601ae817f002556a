using System.Runtime.Intrinsics.X86;

namespace VecStore.Kernels;

/// <summary>
/// Sixteen queries of <see cref="Int8Code"/> side by side: groups of four elements, for each group the four of the first query, of the second, and so on, so that one
/// load is a register of sums' worth and no sum has to be taken across a register. Elements are -64 .. 64: two products of such an element and a biased
/// byte stay below 2^15, as the instruction that adds them wants it. Inner products are exact integers, the same at every lane width.
/// </summary>
public static unsafe class Int8Panel
{
    /// <summary>Queries in a panel.</summary>
    public const int Queries = 16;

    /// <summary>Largest magnitude of an element.</summary>
    public const int Limit = 64;

    /// <summary>Bytes of a panel: a multiple of 64.</summary>
    public static int Bytes(int dimension) => (dimension + 3) / 4 * 4 * Queries;

    /// <summary>True when the processor has the instructions that make a panel faster than single queries.</summary>
    public static bool IsAccelerated => Lanes.Width >= LaneWidth.Bits256 && Avx2.IsSupported;

    /// <summary>Puts a query into a place of the panel; returns 128 times the sum of its elements, which the products of biased codes have too much.</summary>
    /// <param name="query">The elements, -64 .. 64.</param>
    /// <param name="place">0 .. 15.</param>
    /// <param name="panel"><see cref="Bytes"/> of memory, aligned to 64 bytes; the padding must be zero before.</param>
    public static int Pack(ReadOnlySpan<sbyte> query, int place, sbyte* panel)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)place, (uint)Queries, nameof(place));
        int sum = 0;
        for (int i = 0; i < query.Length; i++)
        {
            if (query[i] is < -Limit or > Limit) throw new ArgumentOutOfRangeException(nameof(query), query[i], $"element {i} of a panel's query is not in -{Limit} .. {Limit}");
            panel[(((i >> 2) * Queries) + place) * 4 + (i & 3)] = query[i];
            sum += query[i];
        }
        return Int8Code.Zero * sum;
    }

    /// <summary>
    /// The inner products of the queries of two panels, one after the other in memory, with codes: <paramref name="dots"/>[32 * row + query]. <paramref name="excess"/> holds what
    /// <see cref="Pack"/> returned for the 32 queries. Dimensions to <see cref="Int8Code.MaxDimension"/> / 2 do not overflow.
    /// </summary>
    public static void Tile(sbyte* panels, int* excess, in RowBlock<byte> codes, int* dots) => Tile(Lanes.Width, panels, excess, codes, dots);

    internal static void Tile(LaneWidth width, sbyte* panels, int* excess, in RowBlock<byte> codes, int* dots)
    {
        if (width >= LaneWidth.Bits512 && Avx512BW.IsSupported && !AvxVnni.IsSupported) PanelLoops.Tile512(panels, excess, codes, dots);
        else if (width >= LaneWidth.Bits256 && Avx2.IsSupported) PanelLoops.Tile256(panels, excess, codes, dots);
        else PanelLoops.TileScalar(panels, excess, codes, dots);
    }
}
