using System.Diagnostics.CodeAnalysis;

namespace VecStore.Kernels;

/// <summary>Row numbers that a caller picked.</summary>
internal static class RowPicks
{
    [DoesNotReturn]
    public static void ThrowOutside(int row, int count) =>
        throw new ArgumentOutOfRangeException(nameof(row), row, $"the block has {count} rows");
}
