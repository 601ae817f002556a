namespace VecStore.Analysis.Tests;

public class LabelingTests
{
    [Fact]
    public void Rows_that_are_left_out_are_counted_apart()
    {
        Labeling labels = Labeling.Spread([1, 0, 1], [4, 1, 0], 6, "by hand");
        Assert.Equal([1, 0, -1, -1, 1, -1], labels.Labels.ToArray());
        Assert.Equal([1, 2], labels.Sizes);
        Assert.Equal(3, labels.LabelledRows);
        Assert.Equal([0, 4], labels["1"]);
        Assert.Equal([0, 1, 4], labels.Rows());
    }

    [Fact]
    public void Texts_are_numbered_in_ordinal_order()
    {
        Labeling labels = Labeling.OfText(["prose", "code", null, "code"], "by hand");
        Assert.Equal(["code", "prose"], labels.Names);
        Assert.Equal([1, 0, -1, 0], labels.Labels.ToArray());
        Assert.Contains("code, prose", Assert.Throws<KeyNotFoundException>(() => labels["music"]).Message);
    }

    [Fact]
    public void Labels_below_minus_one_and_names_that_do_not_fit_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new Labeling([0, -2], ""));
        Assert.Throws<ArgumentException>(() => new Labeling([0, 1], "", ["only one"]));
        Assert.Throws<ArgumentException>(() => new Labeling([0, 1], "", ["same", "same"]));
    }
}
