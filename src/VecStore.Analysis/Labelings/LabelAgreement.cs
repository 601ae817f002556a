namespace VecStore.Analysis;

/// <summary>How far two labelings of the same rows agree. Rows that either leaves out do not count.</summary>
/// <param name="Rows">Rows that both label.</param>
/// <param name="LeftOut">Rows that one or both leave out.</param>
/// <param name="Table">Table[a][b]: rows with label a in the first and b in the second.</param>
/// <param name="MutualInformation">In nats.</param>
/// <param name="ExpectedMutualInformation">Its mean over random labelings with the same sizes (Vinh, Epps and Bailey 2010, equation 24), in nats.</param>
/// <param name="FirstEntropy">Entropy of the first, in nats.</param>
/// <param name="SecondEntropy">Entropy of the second, in nats.</param>
/// <param name="AdjustedMutualInformation">(MI - expected) / (mean of the entropies - expected), scikit-learn's default: 1 for equal labelings, 0 on average for chance.</param>
/// <param name="NormalizedMutualInformation">MI over the mean of the entropies; not adjusted for chance.</param>
/// <param name="AdjustedRandIndex">Of Hubert and Arabie (1985).</param>
public sealed record LabelAgreement(
    int Rows, int LeftOut, long[][] Table, double MutualInformation, double ExpectedMutualInformation, double FirstEntropy, double SecondEntropy,
    double AdjustedMutualInformation, double NormalizedMutualInformation, double AdjustedRandIndex)
{
    /// <summary>Compares two labelings. Work n, and the sum over pairs of labels of the smaller size for the expectation.</summary>
    public static LabelAgreement Of(Labeling first, Labeling second)
    {
        (int[] a, int[] b, _) = Both(first, second);
        return Of(a, b, first.Names.Count, second.Names.Count, first.Count - a.Length);
    }

    /// <summary>
    /// The adjusted mutual information beside that of permuted labels of the second. With strata labels change places only among rows of one stratum: what is left over chance
    /// is then more than the strata explain.
    /// </summary>
    /// <param name="first">A labeling.</param>
    /// <param name="second">Another of the same rows.</param>
    /// <param name="draws">Permutations.</param>
    /// <param name="seed">Their seed.</param>
    /// <param name="strata">Rows it leaves out keep their labels; null permutes all.</param>
    /// <param name="threads">Threads; the result is the same for any number.</param>
    /// <param name="cancellation">Ends it.</param>
    public static NullTest Test(
        Labeling first, Labeling second, int draws, ulong seed = 0, Labeling? strata = null, int threads = 0, CancellationToken cancellation = default)
    {
        (int[] a, int[] b, int[] rows) = Both(first, second);
        int labelsA = first.Names.Count, labelsB = second.Names.Count;
        LabelAgreement observed = Of(a, b, labelsA, labelsB, 0);
        double mean = (observed.FirstEntropy + observed.SecondEntropy) / 2;
        LabelPermutation permutation = new(b, rows, strata);
        double[] figures = permutation.Draw(draws, seed, threads, shuffled =>
        {
            // The sizes stay as they are, and with them entropies and expectation.
            long[] table = Count(a, shuffled, labelsA, labelsB);
            return Adjusted(Information(table, labelsA, labelsB, a.Length), observed.ExpectedMutualInformation, mean);
        }, cancellation);
        return NullTest.Of(observed.AdjustedMutualInformation, figures, seed, permutation.Description);
    }

    internal static LabelAgreement Of(ReadOnlySpan<int> a, ReadOnlySpan<int> b, int labelsA, int labelsB, int leftOut)
    {
        int n = a.Length;
        if (n == 0) throw new ArgumentException("no row has a label in both");
        long[] table = Count(a, b, labelsA, labelsB), sizesA = new long[labelsA], sizesB = new long[labelsB];
        for (int i = 0; i < labelsA; i++)
            for (int j = 0; j < labelsB; j++)
            {
                sizesA[i] += table[i * labelsB + j];
                sizesB[j] += table[i * labelsB + j];
            }
        double information = Information(table, labelsA, labelsB, n), entropyA = Entropy(sizesA, n), entropyB = Entropy(sizesB, n), mean = (entropyA + entropyB) / 2;
        bool trivial = sizesA.Count(size => size > 0) == 1 && sizesB.Count(size => size > 0) == 1;
        double expected = Expected(sizesA, sizesB, n);
        long[][] rows = [.. Enumerable.Range(0, labelsA).Select(i => table[(i * labelsB)..((i + 1) * labelsB)])];
        return new(n, leftOut, rows, information, expected, entropyA, entropyB,
            trivial ? 1 : Adjusted(information, expected, mean), trivial ? 1 : mean > 0 ? information / mean : 0, RandIndex(table, sizesA, sizesB, n));
    }

    /// <summary>The labels of the rows that both label, and these rows.</summary>
    internal static (int[] First, int[] Second, int[] Rows) Both(Labeling first, Labeling second)
    {
        if (first.Count != second.Count) throw new ArgumentException($"a labeling of {first.Count} rows and one of {second.Count}", nameof(second));
        int[] rows = [.. Enumerable.Range(0, first.Count).Where(row => first[row] >= 0 && second[row] >= 0)];
        return ([.. rows.Select(row => first[row])], [.. rows.Select(row => second[row])], rows);
    }

    private static double Adjusted(double information, double expected, double mean)
    {
        double room = mean - expected; // scikit-learn keeps it from 0 with its sign
        return (information - expected) / (room < 0 ? Math.Min(room, -2.220446049250313e-16) : Math.Max(room, 2.220446049250313e-16));
    }

    private static long[] Count(ReadOnlySpan<int> a, ReadOnlySpan<int> b, int labelsA, int labelsB)
    {
        long[] table = new long[labelsA * labelsB];
        for (int i = 0; i < a.Length; i++) table[a[i] * labelsB + b[i]]++;
        return table;
    }

    private static double Entropy(long[] sizes, int n)
    {
        double entropy = 0;
        foreach (long size in sizes)
            if (size > 0) entropy -= (double)size / n * Math.Log((double)size / n);
        return entropy;
    }

    private static double Information(long[] table, int labelsA, int labelsB, int n)
    {
        long[] sizesA = new long[labelsA], sizesB = new long[labelsB];
        for (int i = 0; i < labelsA; i++)
            for (int j = 0; j < labelsB; j++)
            {
                sizesA[i] += table[i * labelsB + j];
                sizesB[j] += table[i * labelsB + j];
            }
        double information = 0;
        for (int i = 0; i < labelsA; i++)
            for (int j = 0; j < labelsB; j++)
            {
                double both = table[i * labelsB + j];
                if (both > 0) information += both / n * Math.Log(both * n / ((double)sizesA[i] * sizesB[j]));
            }
        return Math.Max(0, information);
    }

    private static double Expected(long[] sizesA, long[] sizesB, int n)
    {
        double[] logFactorial = new double[n + 1];
        for (int k = 2; k <= n; k++) logFactorial[k] = logFactorial[k - 1] + Math.Log(k);
        double expected = 0;
        foreach (long a in sizesA)
        {
            foreach (long b in sizesB)
            {
                if (a == 0 || b == 0) continue;
                double fixedPart = logFactorial[a] + logFactorial[b] + logFactorial[n - a] + logFactorial[n - b] - logFactorial[n];
                for (long both = Math.Max(1, a + b - n); both <= Math.Min(a, b); both++)
                {
                    double weight = fixedPart - logFactorial[both] - logFactorial[a - both] - logFactorial[b - both] - logFactorial[n - a - b + both];
                    if (weight > -745) expected += (double)both / n * Math.Log((double)n * both / ((double)a * b)) * Math.Exp(weight);
                }
            }
        }
        return expected;
    }

    private static double RandIndex(long[] table, long[] sizesA, long[] sizesB, int n)
    {
        static double Pairs(double count) => count * (count - 1) / 2;
        double together = table.Sum(x => Pairs(x)), inA = sizesA.Sum(x => Pairs(x)), inB = sizesB.Sum(x => Pairs(x)), all = Pairs(n);
        double expected = all > 0 ? inA * inB / all : 0, room = (inA + inB) / 2 - expected;
        return room == 0 ? 1 : (together - expected) / room;
    }
}
