namespace VecStore.Analysis.Tests;

public sealed class ReadingTests
{
    [Fact]
    public void An_effect_is_said_as_the_share_of_what_was_possible_and_p_with_its_floor()
    {
        Assert.Equal("purity 0.400, 0.200 by chance: 25 % of the way from chance to 1 (p 0.01, the least that 99 draws can give)", Reading.Of("purity", new(0.4, 0.2, 0.01, 0, 99, 0, "labels permuted")));
        Assert.Equal("purity 0.400, 0.200 by chance: 25 % of the way from chance to 1 (p 0.05)", Reading.Of("purity", new(0.4, 0.2, 0.01, 4, 99, 0, "labels permuted")));
    }

    [Fact]
    public void What_chance_gives_too_is_called_so_however_large_it_looks()
        => Assert.Equal("purity 0.400, 0.399 by chance: no more than chance gives (p 0.40)", Reading.Of("purity", new(0.4, 0.399, 0.01, 39, 99, 0, "labels permuted")));

    [Theory]
    [InlineData(0.004, "0.4 %")]
    [InlineData(-0.0312, "-3.1 %")]
    [InlineData(0.5, "50 %")]
    public void Small_shares_keep_a_digit(double share, string text) => Assert.Equal(text, Reading.Share(share));
}
