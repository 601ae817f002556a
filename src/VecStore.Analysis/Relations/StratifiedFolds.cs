namespace VecStore.Analysis;

/// <summary>Cuts labelled rows into folds, each label spread evenly.</summary>
public static class StratifiedFolds
{
    /// <summary>The fold of each row. Rows of a label are put into random order and dealt out in turn, each label beginning where the one before it ended.</summary>
    public static int[] Deal(IReadOnlyList<int> labels, int folds, SeededRandom random)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(folds, 2);
        int[] fold = new int[labels.Count];
        int next = 0;
        foreach (IGrouping<int, int> group in Enumerable.Range(0, labels.Count).GroupBy(row => labels[row]).OrderBy(group => group.Key))
        {
            int[] rows = [.. group];
            random.Shuffle(rows.AsSpan());
            foreach (int row in rows) fold[row] = next++ % folds;
        }
        return fold;
    }
}
