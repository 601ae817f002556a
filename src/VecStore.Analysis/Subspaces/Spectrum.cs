namespace VecStore.Analysis;

/// <summary>What the eigenvalues of a covariance say about a space.</summary>
public sealed class Spectrum
{
    /// <summary>From eigenvalues in descending order; those below zero by rounding count as zero in sums of logarithms and shares.</summary>
    public Spectrum(IReadOnlyList<double> eigenvalues, long rowsSeen)
    {
        for (int i = 1; i < eigenvalues.Count; i++)
            if (eigenvalues[i] > eigenvalues[i - 1]) throw new ArgumentException("eigenvalues must come in descending order", nameof(eigenvalues));
        Eigenvalues = eigenvalues;
        RowsSeen = rowsSeen;
    }

    /// <summary>Eigenvalues, largest first.</summary>
    public IReadOnlyList<double> Eigenvalues { get; }

    /// <summary>Rows behind the covariance.</summary>
    public long RowsSeen { get; }

    /// <summary>Their sum: the total variance.</summary>
    public double Trace => Eigenvalues.Sum();

    /// <summary>(sum l)^2 / sum l^2: d for an isotropic space, 1 for a line.</summary>
    public double ParticipationRatio
    {
        get
        {
            double squares = Eigenvalues.Sum(value => value * value);
            return squares > 0 ? Trace * Trace / squares : 0;
        }
    }

    /// <summary>exp of the entropy of the shares l / sum l (Roy and Vetterli 2007).</summary>
    public double EffectiveRank
    {
        get
        {
            double trace = Trace, entropy = 0;
            foreach (double value in Eigenvalues)
                if (value > 0) entropy -= value / trace * Math.Log(value / trace);
            return trace > 0 ? Math.Exp(entropy) : 0;
        }
    }

    /// <summary>sum l / largest l.</summary>
    public double StableRank => Eigenvalues.Count > 0 && Eigenvalues[0] > 0 ? Trace / Eigenvalues[0] : 0;

    /// <summary>
    /// IsoScore (Rudman et al. 2022): 1 for equal variances along all principal axes, 0 when all variance lies on one. NaN for a single dimension or no variance.
    /// </summary>
    public double IsoScore
    {
        get
        {
            double d = Eigenvalues.Count, norm = Math.Sqrt(Eigenvalues.Sum(value => value * value)), defect = 0;
            if (d < 2 || norm == 0) return double.NaN;
            foreach (double value in Eigenvalues) defect += Math.Pow(Math.Sqrt(d) * value / norm - 1, 2);
            double squared = defect / (2 * (d - Math.Sqrt(d))), share = d - squared * (d - Math.Sqrt(d));
            return (share * share / d - 1) / (d - 1);
        }
    }

    /// <summary>Share of the variance in the first components, from 1 component to all.</summary>
    public double[] ExplainedVariance()
    {
        double trace = Trace, sum = 0;
        return [.. Eigenvalues.Select(value => trace > 0 ? (sum += value) / trace : 0)];
    }

    /// <summary>Sum of the natural logarithms over ranks, counted from 1, both ends in. Negative infinity when one of them is not positive.</summary>
    public double LogDeterminant(int firstRank, int lastRank)
    {
        CheckRanks(firstRank, lastRank);
        double sum = 0;
        for (int rank = firstRank; rank <= lastRank; rank++) sum += Eigenvalues[rank - 1] > 0 ? Math.Log(Eigenvalues[rank - 1]) : double.NegativeInfinity;
        return sum;
    }

    /// <summary>Straight line through log10(eigenvalue) over log10(rank), ranks counted from 1, both ends in.</summary>
    public PowerLawFit FitPowerLaw(int firstRank, int lastRank)
    {
        CheckRanks(firstRank, lastRank);
        return PowerLawFit.Of(Eigenvalues, firstRank, lastRank);
    }

    private void CheckRanks(int firstRank, int lastRank)
    {
        if (firstRank < 1 || lastRank > Eigenvalues.Count || firstRank > lastRank)
            throw new ArgumentOutOfRangeException(nameof(firstRank), $"ranks {firstRank}..{lastRank} of {Eigenvalues.Count}, counted from 1");
    }
}
