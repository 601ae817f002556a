using System.Text.RegularExpressions;

namespace VecStore.Repository.Tests;

public sealed class SourceTests
{
    private const int MostLines = 600;

    [Fact]
    public void No_source_file_is_too_long_to_read_in_one_go()
    {
        foreach (string path in Sources())
        {
            int lines = File.ReadLines(Path.Combine(Checkout.Root, path)).Count();
            Assert.True(lines <= MostLines, $"{path} has {lines} lines; at most {MostLines}");
        }
    }

    [Fact]
    public void Names_say_what_a_thing_is()
    {
        foreach (string path in Sources())
        {
            string name = Path.GetFileNameWithoutExtension(path);
            Assert.False(Regex.IsMatch(name, "(Manager|Helper|Helpers|Utils|Utility|Common|Misc)$"), $"{path}: a name that forbids nothing collects everything");
        }
    }

    [Fact]
    public void Nothing_is_left_to_be_done_in_the_sources()
    {
        foreach (string path in Sources())
        {
            string text = Checkout.Read(path);
            foreach (string mark in (string[])["TO" + "DO", "FIX" + "ME", "NotImplemented" + "Exception", "XX" + "X "]) Assert.False(text.Contains(mark, StringComparison.Ordinal), $"{path} has a {mark}");
        }
    }

    [Fact]
    public void Links_in_the_papers_lead_somewhere()
    {
        string[] papers = [.. Checkout.Files(".", "*.md")];
        Assert.Contains("README.md", papers);
        foreach (string paper in papers)
        {
            string folder = Path.GetDirectoryName(Path.Combine(Checkout.Root, paper))!;
            foreach (Match link in Regex.Matches(Checkout.Read(paper), @"\]\((?!http|#)([^)#]+)"))
            {
                string target = Path.Combine(folder, link.Groups[1].Value);
                Assert.True(File.Exists(target) || Directory.Exists(target), $"{paper} links to {link.Groups[1].Value}, which is not there");
            }
        }
    }

    private static IEnumerable<string> Sources() => new[] { "src", "tests", "tools", "benchmarks" }.SelectMany(folder => Checkout.Files(folder, "*.cs"));
}
