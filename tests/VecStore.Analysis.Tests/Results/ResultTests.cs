using System.Data;
using System.Data.Common;
using System.Text.Json;

namespace VecStore.Analysis.Tests.Results;

public sealed class ResultTests
{
    private static ResultTable Words()
    {
        ResultTable table = new("words", new("word", typeof(string)), new("rank", typeof(int)), new("cosine", typeof(double)), new("kept", typeof(bool)),
            new("method", typeof(DirectionMethod)), new("near", typeof(IReadOnlyList<string>)), new("bits", typeof(long), "bits"));
        table.Add("plain", 1, 0.5, true, DirectionMethod.MeanDifference, new[] { "a", "b" }, 7);
        table.Add("with, comma and \"quotes\"", 2, double.NaN, false, DirectionMethod.LogisticProbe, Array.Empty<string>(), 1L << 40);
        table.Add(null, null, null, null, null, null, null);
        table.Add("two\nlines", -3, 1e-9f, true, DirectionMethod.FirstComponent, new[] { "c" }, null);
        return table;
    }

    private static AnalysisReport Report() => new("a report",
        [
            new("rows_seen", 3), new("exact", true), new("seed", ulong.MaxValue), new("method", DirectionMethod.MeanDifference), new("infinite", double.PositiveInfinity),
            ResultFact.Of("separation", new NullTest(0.9, 0.5, 0.1, 4, 99, 7, "labels shuffled")), new("time", 1.5, "s"),
        ],
        [Words(), new ResultTable("empty", new ResultColumn("x", typeof(double)))]);

    [Fact]
    public void Json_is_facts_then_tables_in_snake_case_and_what_is_not_finite_is_null()
    {
        JsonElement json = JsonSerializer.Deserialize<JsonElement>(Report().ToJson());
        Assert.Equal(["rows_seen", "exact", "seed", "method", "infinite", "separation", "time", "words", "empty"], json.EnumerateObject().Select(p => p.Name));
        Assert.Equal("mean_difference", json.GetProperty("method").GetString());
        Assert.Equal(ulong.MaxValue, json.GetProperty("seed").GetUInt64());
        Assert.Equal(JsonValueKind.Null, json.GetProperty("infinite").ValueKind);
        Assert.Equal(0.05, json.GetProperty("separation").GetProperty("p").GetDouble());
        JsonElement second = json.GetProperty("words")[1];
        Assert.Equal("with, comma and \"quotes\"", second.GetProperty("word").GetString());
        Assert.Equal(JsonValueKind.Null, second.GetProperty("cosine").ValueKind);
        Assert.Equal("logistic_probe", second.GetProperty("method").GetString());
        Assert.Equal(["a", "b"], json.GetProperty("words")[0].GetProperty("near").EnumerateArray().Select(x => x.GetString()));
        Assert.Empty(json.GetProperty("empty").EnumerateArray());
        using StringWriter text = new();
        Report().WriteJson(text);
        Assert.Equal(Report().ToJson(), text.ToString());
    }

    [Fact]
    public void With_puts_facts_in_front_and_in_the_place_of_equal_names()
    {
        IAnalysisResult with = Report().With(new("collection", "words"), new ResultFact("seed", 5));
        Assert.Equal(["collection", "seed", "rows_seen"], with.Facts.Take(3).Select(fact => fact.Name));
        Assert.Single(with.Facts, fact => fact.Name == "seed");
        AnalysisReport twice = new("", [new("words", 1)], [Words()]);
        Assert.Throws<ArgumentException>(() => twice.ToJson());
    }

    [Fact]
    public void Csv_quotes_what_needs_it_and_reads_back()
    {
        using StringWriter csv = new();
        Report().WriteCsv(csv);
        Assert.Equal("word,rank,cosine,kept,method,near,bits\nplain,1,0.5,true,mean_difference,a; b,7\n"
            + "\"with, comma and \"\"quotes\"\"\",2,NaN,false,logistic_probe,,1099511627776\n,,,,,,\n\"two\nlines\",-3,9.999999717180685E-10,true,first_component,c,\n", csv.ToString());
        using StringWriter facts = new();
        Report().WriteCsv(facts, "facts");
        Assert.Contains("\ntime,1.5,s\n", facts.ToString(), StringComparison.Ordinal);
        Assert.Contains("\nseparation.p,0.05,\n", facts.ToString(), StringComparison.Ordinal);
        Assert.Throws<KeyNotFoundException>(() => Report().WriteCsv(facts, "no_such"));
    }

    [Fact]
    public void A_data_table_loads_it()
    {
        using DbDataReader reader = Report().CreateReader("words");
        using DataTable table = new() { Locale = System.Globalization.CultureInfo.InvariantCulture };
        table.Load(reader);
        Assert.Equal(["word", "rank", "cosine", "kept", "method", "near", "bits"], table.Columns.Cast<DataColumn>().Select(column => column.ColumnName));
        Assert.Equal([typeof(string), typeof(int), typeof(double), typeof(bool), typeof(string), typeof(string), typeof(long)], table.Columns.Cast<DataColumn>().Select(column => column.DataType));
        Assert.Equal(4, table.Rows.Count);
        Assert.Equal("plain", table.Rows[0]["word"]);
        Assert.Equal(0.5, table.Rows[0]["cosine"]);
        Assert.Equal(7L, table.Rows[0]["bits"]);
        Assert.Equal(DBNull.Value, table.Rows[2]["rank"]);
    }

    [Fact]
    public void A_reader_goes_row_by_row_and_table_by_table_as_Dapper_does()
    {
        using DbDataReader reader = Report().CreateReader();
        Assert.Throws<InvalidOperationException>(() => reader.GetValue(0));
        Dictionary<string, Type> types = Enumerable.Range(0, reader.FieldCount).ToDictionary(reader.GetName, reader.GetFieldType);
        Assert.Equal(typeof(double), types["cosine"]);
        List<string> words = [];
        while (reader.Read())
        {
            object[] values = new object[reader.FieldCount];
            Assert.Equal(7, reader.GetValues(values));
            if (!reader.IsDBNull(reader.GetOrdinal("WORD"))) words.Add(reader.GetString(0));
            if (words.Count == 1)
            {
                Assert.Equal(1, reader.GetInt32(1));
                Assert.Equal(1L, reader.GetInt64(1));
                Assert.Equal(0.5f, reader.GetFloat(2));
                Assert.True(reader.GetBoolean(3));
                Assert.Equal("a; b", reader["near"]);
            }
        }
        Assert.Equal(["plain", "with, comma and \"quotes\"", "two\nlines"], words);
        Assert.True(reader.NextResult());
        Assert.False(reader.HasRows);
        Assert.False(reader.Read());
        Assert.False(reader.NextResult());
        Assert.Throws<IndexOutOfRangeException>(() => reader.GetOrdinal("cosine"));
        reader.Close();
        Assert.Throws<InvalidOperationException>(() => reader.FieldCount);
    }

    [Fact]
    public void Text_is_rounded_and_aligned_and_control_characters_are_shown_as_such()
    {
        using StringWriter text = new() { NewLine = "\n" };
        Words().WriteText(text, rows: 2);
        string[] lines = text.ToString().Split('\n');
        Assert.StartsWith("word ", lines[0], StringComparison.Ordinal);
        Assert.Contains("bits [bits]", lines[0], StringComparison.Ordinal);
        Assert.Equal("... 2 more rows", lines[3]);
        using StringWriter all = new() { NewLine = "\n" };
        Report().WriteText(all);
        Assert.Contains("two\\x0alines", all.ToString(), StringComparison.Ordinal);
        Assert.Contains("separation: observed 0.9, null_mean 0.5, null_deviation 0.1, effect 0.4, z 4, p 0.05, hits 4, draws 99, seed 7, null labels shuffled\n", all.ToString(), StringComparison.Ordinal);
        AnalysisReport nested = new("", [new("groups", new ResultFact[] { new("rows", 3), new("nothing", null), ResultFact.Of("overlap", new Interval(1, 0, 2, 0.95, 9, 1)) }), new("mean", new double[100])], []);
        Assert.Equal([("groups", "rows 3"), ("groups.overlap", "estimate 1, low 0, high 2, level 0.95, draws 9, seed 1"), ("mean", "0, 0, 0, 0, 0, 0, ... (100 numbers)")], nested.FactLines());
        Assert.Contains("time: 1.5 s\n", all.ToString(), StringComparison.Ordinal);
        Assert.Equal("1e-9", AnalysisResults.Text(1e-9));
        Assert.Equal("12,345", AnalysisResults.Text(12345));
    }

    [Fact]
    public void Rows_of_the_wrong_shape_and_names_out_of_fashion_are_refused()
    {
        ResultTable table = new("t", new("x", typeof(double)), new("n", typeof(int)));
        Assert.Equal(3.0, table.Add(3, 4)[0, 0]);
        Assert.Contains("t.n holds Int32, not Double", Assert.Throws<ArgumentException>(() => table.Add(1.0, 2.0)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => table.Add(1.0));
        Assert.Throws<ArgumentException>(() => new ResultTable("Table", new ResultColumn("x", typeof(int))));
        Assert.Throws<ArgumentException>(() => new ResultTable("t", new ResultColumn("meanCosine", typeof(int))));
        Assert.Throws<ArgumentException>(() => new ResultTable("t", new("x", typeof(int)), new("x", typeof(int))));
        Assert.Throws<ArgumentException>(() => new ResultTable("t", new ResultColumn("x", typeof(Stream))));
        Assert.Throws<ArgumentException>(() => new AnalysisReport("", [new("BadName", 1)], []).ToJson());
    }
}
