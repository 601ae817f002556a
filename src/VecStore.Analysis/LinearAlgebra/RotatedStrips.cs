using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace VecStore.Analysis;

/// <summary>
/// A square matrix, at first the identity, to which rotations of neighbouring rows are applied. It lies in strips of 16 columns, each contiguous, so that many sweeps pass
/// over a strip while it is in the cache.
/// </summary>
internal sealed class RotatedStrips
{
    private const int Width = 16;
    private readonly int n, threads;
    private readonly double[][] strips;
    private readonly List<SymmetricEigen.Sweep> waiting = [];
    private int waitingRotations;

    public RotatedStrips(int n, int threads)
    {
        this.n = n;
        this.threads = threads;
        strips = new double[(n + Width - 1) / Width][];
        for (int s = 0; s < strips.Length; s++)
        {
            strips[s] = new double[n * Width];
            for (int k = 0; k < Math.Min(Width, n - s * Width); k++) strips[s][(s * Width + k) * Width + k] = 1;
        }
    }

    public void Add(SymmetricEigen.Sweep sweep)
    {
        waiting.Add(sweep);
        waitingRotations += sweep.Cosines.Length;
        if (waitingRotations >= 64 * n) Apply();
    }

    public double[][] Rows()
    {
        Apply();
        double[][] rows = new double[n][];
        for (int i = 0; i < n; i++)
        {
            rows[i] = new double[n];
            for (int s = 0; s < strips.Length; s++)
                strips[s].AsSpan(i * Width, Math.Min(Width, n - s * Width)).CopyTo(rows[i].AsSpan(s * Width));
        }
        return rows;
    }

    private void Apply()
    {
        int parts = n < 128 ? 1 : Workers.Count(threads, strips.Length);
        Workers.Run(parts, part =>
        {
            for (int s = part; s < strips.Length; s += parts)
                foreach (SymmetricEigen.Sweep sweep in waiting) Apply(strips[s], sweep);
        });
        waiting.Clear();
        waitingRotations = 0;
    }

    /// <summary>One sweep over one strip; the row that two rotations share stays in registers.</summary>
    private static void Apply(double[] strip, in SymmetricEigen.Sweep sweep)
    {
        int last = sweep.Cosines.Length - 1;
        ref double start = ref MemoryMarshal.GetArrayDataReference(strip);
        nuint at = (nuint)(sweep.First + last + 1) * Width;
        Vector256<double> f0 = Vector256.LoadUnsafe(ref start, at), f1 = Vector256.LoadUnsafe(ref start, at + 4);
        Vector256<double> f2 = Vector256.LoadUnsafe(ref start, at + 8), f3 = Vector256.LoadUnsafe(ref start, at + 12);
        for (int i = last; i >= 0; i--, at -= Width)
        {
            Vector256<double> c = Vector256.Create(sweep.Cosines[i]), s = Vector256.Create(sweep.Sines[i]);
            nuint low = at - Width;
            Vector256<double> z0 = Vector256.LoadUnsafe(ref start, low), z1 = Vector256.LoadUnsafe(ref start, low + 4);
            Vector256<double> z2 = Vector256.LoadUnsafe(ref start, low + 8), z3 = Vector256.LoadUnsafe(ref start, low + 12);
            Vector256.FusedMultiplyAdd(s, z0, c * f0).StoreUnsafe(ref start, at);
            Vector256.FusedMultiplyAdd(s, z1, c * f1).StoreUnsafe(ref start, at + 4);
            Vector256.FusedMultiplyAdd(s, z2, c * f2).StoreUnsafe(ref start, at + 8);
            Vector256.FusedMultiplyAdd(s, z3, c * f3).StoreUnsafe(ref start, at + 12);
            f0 = Vector256.FusedMultiplyAdd(c, z0, -(s * f0));
            f1 = Vector256.FusedMultiplyAdd(c, z1, -(s * f1));
            f2 = Vector256.FusedMultiplyAdd(c, z2, -(s * f2));
            f3 = Vector256.FusedMultiplyAdd(c, z3, -(s * f3));
        }
        f0.StoreUnsafe(ref start, at);
        f1.StoreUnsafe(ref start, at + 4);
        f2.StoreUnsafe(ref start, at + 8);
        f3.StoreUnsafe(ref start, at + 12);
    }
}
