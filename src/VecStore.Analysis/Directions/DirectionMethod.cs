namespace VecStore.Analysis;

/// <summary>How a direction is learned.</summary>
public enum DirectionMethod
{
    /// <summary>Mean of the positive rows minus mean of the negative rows; for pairs, the mean difference.</summary>
    MeanDifference,

    /// <summary>For pairs only: the axis of largest mean square of the differences (not centred), signed so that most differences point along it.</summary>
    FirstComponent,

    /// <summary>(shrunken within-class covariance)^-1 (difference of means): Fisher's discriminant.</summary>
    LinearDiscriminant,

    /// <summary>The weights of a logistic regression with an L2 penalty.</summary>
    LogisticProbe,
}

/// <summary>How a direction is learned and tested.</summary>
public sealed record DirectionOptions
{
    /// <summary>The method.</summary>
    public DirectionMethod Method { get; init; } = DirectionMethod.MeanDifference;

    /// <summary>For the discriminant: share of the mean variance mixed into the covariance, 0 to 1.</summary>
    public double Shrinkage { get; init; } = 0.1;

    /// <summary>For the probe: the penalty Penalty / 2 |w|^2 beside the summed log loss (scikit-learn's 1 / C).</summary>
    public double Penalty { get; init; } = 1;

    /// <summary>Folds of the cross-validation; pairs are left out one by one up to 200, then in this many folds.</summary>
    public int Folds { get; init; } = 5;

    /// <summary>Resamples for the interval of the direction's cosine with itself.</summary>
    public int BootstrapDraws { get; init; } = 200;

    /// <summary>Draws from the null.</summary>
    public int NullDraws { get; init; } = 999;

    /// <summary>Seed of folds, resamples and null.</summary>
    public ulong Seed { get; init; }
}
