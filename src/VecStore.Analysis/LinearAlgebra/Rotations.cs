using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>One QL sweep applied to a strip of columns, the row that two rotations share kept in registers.</summary>
internal static class Rotations
{
    public static void Apply(double[][] rows, in SymmetricEigen.Sweep sweep, int start, int width, double[] carried)
    {
        if (width == 16) Apply16(rows, sweep, start);
        else ApplyAny(rows, sweep, start, width, carried);
    }

    private static void Apply16(double[][] rows, in SymmetricEigen.Sweep sweep, int start)
    {
        int last = sweep.Cosines.Length - 1;
        nuint at = (nuint)start;
        ref double top = ref MemoryMarshal.GetArrayDataReference(rows[sweep.First + last + 1]);
        Vector256<double> f0 = Vector256.LoadUnsafe(ref top, at), f1 = Vector256.LoadUnsafe(ref top, at + 4);
        Vector256<double> f2 = Vector256.LoadUnsafe(ref top, at + 8), f3 = Vector256.LoadUnsafe(ref top, at + 12);
        for (int i = last; i >= 0; i--)
        {
            Vector256<double> c = Vector256.Create(sweep.Cosines[i]), s = Vector256.Create(sweep.Sines[i]);
            ref double low = ref MemoryMarshal.GetArrayDataReference(rows[sweep.First + i]);
            ref double high = ref MemoryMarshal.GetArrayDataReference(rows[sweep.First + i + 1]);
            Vector256<double> z0 = Vector256.LoadUnsafe(ref low, at), z1 = Vector256.LoadUnsafe(ref low, at + 4);
            Vector256<double> z2 = Vector256.LoadUnsafe(ref low, at + 8), z3 = Vector256.LoadUnsafe(ref low, at + 12);
            Vector256.FusedMultiplyAdd(s, z0, c * f0).StoreUnsafe(ref high, at);
            Vector256.FusedMultiplyAdd(s, z1, c * f1).StoreUnsafe(ref high, at + 4);
            Vector256.FusedMultiplyAdd(s, z2, c * f2).StoreUnsafe(ref high, at + 8);
            Vector256.FusedMultiplyAdd(s, z3, c * f3).StoreUnsafe(ref high, at + 12);
            f0 = Vector256.FusedMultiplyAdd(c, z0, -(s * f0));
            f1 = Vector256.FusedMultiplyAdd(c, z1, -(s * f1));
            f2 = Vector256.FusedMultiplyAdd(c, z2, -(s * f2));
            f3 = Vector256.FusedMultiplyAdd(c, z3, -(s * f3));
        }
        ref double end = ref MemoryMarshal.GetArrayDataReference(rows[sweep.First]);
        f0.StoreUnsafe(ref end, at);
        f1.StoreUnsafe(ref end, at + 4);
        f2.StoreUnsafe(ref end, at + 8);
        f3.StoreUnsafe(ref end, at + 12);
    }

    private static void ApplyAny(double[][] rows, in SymmetricEigen.Sweep sweep, int start, int width, double[] carried)
    {
        int last = sweep.Cosines.Length - 1;
        rows[sweep.First + last + 1].AsSpan(start, width).CopyTo(carried);
        for (int i = last; i >= 0; i--)
        {
            double c = sweep.Cosines[i], s = sweep.Sines[i];
            Span<double> low = rows[sweep.First + i].AsSpan(start, width), high = rows[sweep.First + i + 1].AsSpan(start, width);
            for (int k = 0; k < width; k++)
            {
                double f = carried[k], z = low[k];
                high[k] = Math.FusedMultiplyAdd(s, z, c * f);
                carried[k] = Math.FusedMultiplyAdd(c, z, -(s * f));
            }
        }
        carried.AsSpan(0, width).CopyTo(rows[sweep.First].AsSpan(start, width));
    }
}
