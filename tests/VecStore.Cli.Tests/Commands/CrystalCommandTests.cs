using System.Text.Json;

namespace VecStore.Cli.Tests.Commands;

public sealed class CrystalCommandTests(SampleStore sample) : IDisposable
{
    private static readonly string[] Genders = ["man woman", "king queen", "father mother", "son daughter", "brother sister", "he she", "him her", "husband wife", "actor actress", "boy girl", "men women", "boys girls"];
    private readonly TestFolder folder = new();

    [Fact]
    public void Pairs_of_a_relation_form_crystals_and_every_property_is_in_the_README()
    {
        string[] times = ["go went", "see saw", "take took", "make made", "say said", "come came", "give gave", "find found", "know knew", "become became", "begin began", "lose lost"];
        File.WriteAllLines(folder["gender.txt"], Genders);
        File.WriteAllLines(folder["past.txt"], times);
        string[][] commands =
        [
            ["crystals", folder["gender.txt"], folder["past.txt"], "--distractors", "rank,length", "--store", sample.Path],
            ["crystals", folder["gender.txt"], folder["past.txt"], "--held-out", "--store", sample.Path],
            ["crystals", "--neighbors", "2", "--pairs", "300", "--shape", "parallelogram", "--draws", "19", "--store", sample.Path],
            ["match", "words", "--restrict", "500", "--draws", "2", "--store", sample.Path],
            ["match", "--restrict", "500", "--duplicates-from", "0.8", "--store", sample.Path],
        ];
        JsonElement[] documents = [.. commands.Select(command => DocumentedJson.Of(command))];
        Assert.Equal(24, documents[0].GetProperty("pairs").GetInt32());
        Assert.True(documents[0].GetProperty("found").GetInt64() > documents[0].GetProperty("expected_by_chance").GetDouble());
        JsonElement raw = documents[1].GetProperty("views")[0], after = documents[1].GetProperty("views")[1];
        Assert.True(raw.GetProperty("average_precision").GetDouble() > 0.7);
        Assert.Equal(raw.GetProperty("true").GetInt64(), after.GetProperty("true").GetInt64());
        Assert.Equal(500, documents[3].GetProperty("mutual").GetInt32()); // every word is its own nearest
        Assert.NotEqual(0, documents[4].GetProperty("duplicate_pairs").GetInt32());
    }

    [Fact]
    public void Mistakes_are_told_in_one_line()
    {
        File.WriteAllLines(folder["one.txt"], ["man woman"]);
        Cli.IsOneLine(Cli.Run("crystals", "--store", sample.Path), 2, "Give one of FILE");
        Cli.IsOneLine(Cli.Run("crystals", "--within", "lobe", "--store", sample.Path), 2, "no field \"lobe\"");
        Cli.IsOneLine(Cli.Run("crystals", folder["one.txt"], "--store", sample.Path), 2, "made of two");
        Cli.IsOneLine(Cli.Run("crystals", folder["one.txt"], "--held-out", "--store", sample.Path), 2, "two or more files");
        Cli.IsOneLine(Cli.Run("match", "wrods", "--store", sample.Path), 2, "no collection \"wrods\"");
        Cli.IsOneLine(Cli.Run("match", "--counts", "counts", "--store", sample.Path), 2, "no attachment \"counts\"");
    }

    public void Dispose() => folder.Dispose();
}
