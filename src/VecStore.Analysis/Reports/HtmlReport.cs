using System.Globalization;
using System.Net;
using System.Text;

namespace VecStore.Analysis;

/// <summary>
/// Results, pictures and words as one HTML document that needs nothing beside it: styles and pictures inside, no script from elsewhere. It reads on a screen, light or dark, and on
/// paper; every table has a button that copies it as tab-separated text.
/// </summary>
public sealed class HtmlReport
{
    private const int MostRows = 40;
    private readonly StringBuilder body = new();
    private readonly List<string> sections = [];
    private readonly string title;
    private int pictures;

    /// <summary>An empty report.</summary>
    /// <param name="title">What it is about.</param>
    public HtmlReport(string title) => this.title = title;

    /// <summary>Begins a section.</summary>
    public HtmlReport Section(string heading)
    {
        sections.Add(heading);
        body.Append(CultureInfo.InvariantCulture, $"<h2 id=\"s{sections.Count}\">{Escape(heading)}</h2>\n");
        return this;
    }

    /// <summary>A paragraph.</summary>
    public HtmlReport Text(string paragraph)
    {
        body.Append(CultureInfo.InvariantCulture, $"<p>{Escape(paragraph)}</p>\n");
        return this;
    }

    /// <summary>What a reader looks at first: a few figures in large type, each with what it means.</summary>
    public HtmlReport Figures(params IEnumerable<(string Name, string Value, string Meaning)> figures)
    {
        body.Append("<div class=\"figures\">\n");
        foreach ((string name, string value, string meaning) in figures)
            body.Append(CultureInfo.InvariantCulture, $"<div><span class=\"name\">{Escape(name)}</span><strong>{Escape(value)}</strong><span class=\"meaning\">{Escape(meaning)}</span></div>\n");
        body.Append("</div>\n");
        return this;
    }

    /// <summary>A picture.</summary>
    public HtmlReport Picture(Plot plot) => Pictures(plot);

    /// <summary>Pictures, side by side while they are narrow enough.</summary>
    public HtmlReport Pictures(params IEnumerable<Plot> plots)
    {
        body.Append("<div class=\"pictures\">\n");
        foreach (Plot plot in plots) Figure(plot);
        body.Append("</div>\n");
        return this;
    }

    private void Figure(Plot plot)
    {
        // Names inside a picture must not meet those of another one in the same document.
        string svg = plot.ToSvg(), prefix = string.Create(CultureInfo.InvariantCulture, $"p{++pictures}-");
        int start = svg.IndexOf("<svg", StringComparison.Ordinal);
        body.Append(CultureInfo.InvariantCulture, $"<figure style=\"max-width: {plot.Width * 6 / 5}px\">{svg[start..].Replace("id=\"", $"id=\"{prefix}", StringComparison.Ordinal).Replace("url(#", $"url(#{prefix}", StringComparison.Ordinal)}</figure>\n");
    }

    /// <summary>A result: its facts, folded (paper shows them), then its tables.</summary>
    /// <param name="result">The result.</param>
    /// <param name="tables">Which of its tables; null for all.</param>
    public HtmlReport Result(IAnalysisResult result, params string[]? tables)
    {
        body.Append(CultureInfo.InvariantCulture, $"<details><summary>{Escape(result.Title)}: all figures</summary>\n");
        Facts(result.Facts.Where(fact => fact.Value is not IEnumerable<ResultFact>).Select(Line));
        foreach (ResultFact group in result.Facts)
        {
            if (group.Value is not IEnumerable<ResultFact> inner) continue;
            body.Append(CultureInfo.InvariantCulture, $"<h4>{Escape(Words(group.Name))}</h4>\n");
            Facts(inner.Select(Line));
        }
        body.Append("</details>\n");
        return Tables(result.Tables.Where(table => tables is null || tables.Length == 0 || tables.Contains(table.Name)));

        static (string, string) Line(ResultFact fact) => (fact.Name, fact.Unit is null ? AnalysisResults.Text(fact.Value) : $"{AnalysisResults.Text(fact.Value)} {fact.Unit}");
    }

    /// <summary>Names and values.</summary>
    public HtmlReport Facts(IEnumerable<(string Name, string Value)> facts)
    {
        body.Append("<dl>\n");
        foreach ((string name, string value) in facts)
            if (value is not ("-" or "")) body.Append(CultureInfo.InvariantCulture, $"<div><dt>{Escape(Words(name))}</dt><dd>{Escape(value)}</dd></div>\n");
        body.Append("</dl>\n");
        return this;
    }

    /// <summary>A table; rows beyond forty are left out, and said to be.</summary>
    public HtmlReport Table(ResultTable table) => Tables(table);

    /// <summary>Tables, side by side while they are narrow enough; columns without any value are left out.</summary>
    public HtmlReport Tables(params IEnumerable<ResultTable> tables)
    {
        body.Append("<div class=\"tables\">\n");
        foreach (ResultTable table in tables.Where(table => table.Count > 0)) One(table);
        body.Append("</div>\n");
        return this;
    }

    private void One(ResultTable table)
    {
        int[] columns = [.. Enumerable.Range(0, table.Columns.Count).Where(c => Enumerable.Range(0, table.Count).Any(row => table[row, c] is not (null or "")))];
        body.Append(CultureInfo.InvariantCulture, $"<section class=\"table\"><div class=\"caption\"><h3>{Escape(Words(table.Name))}</h3><button type=\"button\" class=\"copy\">Copy</button></div>\n<table><thead><tr>");
        foreach (ResultColumn column in columns.Select(c => table.Columns[c]))
            body.Append(CultureInfo.InvariantCulture, $"<th{Class(column, "")}>{Escape(column.Name.Replace('_', ' '))}{(column.Unit is null ? "" : $" [{Escape(column.Unit)}]")}</th>");
        body.Append("</tr></thead><tbody>\n");
        for (int row = 0; row < Math.Min(table.Count, MostRows); row++)
        {
            body.Append("<tr>");
            foreach (int c in columns)
            {
                string text = AnalysisResults.Text(table[row, c]);
                body.Append(CultureInfo.InvariantCulture, $"<td{Class(table.Columns[c], text)}>{Escape(text)}</td>");
            }
            body.Append("</tr>\n");
        }
        body.Append("</tbody></table>");
        if (table.Count > MostRows) body.Append(CultureInfo.InvariantCulture, $"<p class=\"note\">{table.Count - MostRows:N0} more rows are left out.</p>");
        body.Append("</section>\n");
    }

    /// <summary>The whole document.</summary>
    public string ToHtml()
    {
        StringBuilder html = new();
        html.Append("<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        html.Append(CultureInfo.InvariantCulture, $"<title>{Escape(title)}</title>\n<style>\n{Style}</style>\n</head>\n<body>\n<h1>{Escape(title)}</h1>\n<nav>");
        for (int s = 0; s < sections.Count; s++) html.Append(CultureInfo.InvariantCulture, $"<a href=\"#s{s + 1}\">{Escape(sections[s])}</a> ");
        html.Append("</nav>\n").Append(body).Append(CultureInfo.InvariantCulture, $"<script>\n{Script}</script>\n</body>\n</html>\n");
        return html.ToString();
    }

    // Numbers stand on the right; only long texts are broken.
    private static string Class(ResultColumn column, string text) => ResultValue.IsNumber(column.Type) ? " class=\"number\"" : text.Length > 28 ? " class=\"long\"" : "";

    private static string Words(string name) => name.Length == 0 ? name : char.ToUpperInvariant(name[0]) + name[1..].Replace('_', ' ');

    private static string Escape(string text) => WebUtility.HtmlEncode(text);

    private const string Style = """
        :root { --ground: #fff; --text: #1c2430; --quiet: #566173; --line: #dde1e7; --panel: #f5f7f9; --accent: #0b63ce; color-scheme: light dark; }
        @media (prefers-color-scheme: dark) { :root { --ground: #15191e; --text: #e6edf3; --quiet: #9aa6b5; --line: #323b48; --panel: #1c222a; --accent: #7ab7ff; } }
        * { box-sizing: border-box; }
        html { scroll-behavior: smooth; }
        body { font: 15px/1.55 system-ui, "Segoe UI", "DejaVu Sans", sans-serif; color: var(--text); background: var(--ground); max-width: 980px; margin: 0 auto; padding: 32px 24px 72px; }
        h1 { font-size: 28px; line-height: 1.2; letter-spacing: -.01em; margin: 0 0 12px; overflow-wrap: anywhere; }
        h2 { font-size: 20px; margin: 48px 0 10px; padding-top: 14px; border-top: 2px solid var(--line); }
        h3 { font-size: 14px; margin: 0; }
        h4 { font-size: 13px; margin: 14px 0 2px; }
        nav { display: flex; flex-wrap: wrap; gap: 6px 8px; font-size: 13px; }
        nav a { padding: 2px 10px; border: 1px solid var(--line); border-radius: 99px; text-decoration: none; }
        nav a:hover { border-color: var(--accent); }
        a { color: var(--accent); }
        p { margin: 8px 0; max-width: 78ch; }
        .note { color: var(--quiet); font-size: 12px; }
        .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); gap: 10px; margin: 14px 0; }
        .figures div { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 10px 14px; display: flex; flex-direction: column; }
        .figures .name, .figures .meaning { font-size: 12px; line-height: 1.35; color: var(--quiet); }
        .figures strong { font-size: 22px; line-height: 1.35; font-weight: 600; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
        .pictures { display: flex; flex-wrap: wrap; gap: 12px; margin: 14px 0; }
        figure { margin: 0; flex: 1 1 auto; min-width: min(100%, 300px); }
        figure svg { width: 100%; height: auto; display: block; }
        dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(300px, 100%), 1fr)); gap: 2px 32px; margin: 8px 0; font-size: 13px; }
        dl div { display: flex; justify-content: space-between; gap: 12px; border-bottom: 1px dotted var(--line); }
        dt { color: var(--quiet); flex: none; max-width: 65%; }
        dd { margin: 0; text-align: right; overflow-wrap: break-word; min-width: 0; font-variant-numeric: tabular-nums; }
        details { margin: 12px 0; border: 1px solid var(--line); border-radius: 8px; padding: 6px 14px; font-size: 13px; }
        details[open] { padding-bottom: 12px; }
        summary { cursor: pointer; color: var(--quiet); }
        .tables { display: flex; flex-wrap: wrap; gap: 18px 28px; margin: 16px 0; }
        .table { overflow-x: auto; max-width: 100%; }
        .caption { display: flex; gap: 12px; align-items: center; margin-bottom: 4px; }
        .copy { font: inherit; font-size: 12px; border: 1px solid var(--line); border-radius: 5px; background: var(--panel); color: var(--quiet); padding: 0 8px; cursor: pointer; }
        .copy:hover { color: var(--text); border-color: var(--accent); }
        table { border-collapse: collapse; font-size: 13px; line-height: 1.4; }
        th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; white-space: nowrap; }
        th { font-weight: 600; color: var(--quiet); }
        td.long { white-space: normal; overflow-wrap: anywhere; min-width: 220px; }
        tr > :last-child { padding-right: 2px; }
        .number { text-align: right; font-variant-numeric: tabular-nums; }
        :focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
        @media print {
          :root { --ground: #fff; --text: #000; --quiet: #444; --line: #bbb; --panel: #fff; }
          body { max-width: none; padding: 0; font-size: 10.5px; }
          h1 { font-size: 20px; } h2 { font-size: 15px; margin-top: 22px; } .figures strong { font-size: 15px; }
          dl, table, details { font-size: 9.5px; } th, td { padding-top: 1px; padding-bottom: 1px; }
          .copy, nav, summary { display: none; } details { border: 0; padding: 0; }
          h2, h3, .caption { break-after: avoid; } figure, tr, .figures div { break-inside: avoid; } p { orphans: 3; widows: 3; }
        }

        """;

    private const string Script = """
        const copied = (button, text) => {
          const area = document.createElement('textarea');
          area.value = text;
          document.body.append(area);
          area.select();
          document.execCommand('copy');
          area.remove();
          button.textContent = 'Copied';
          setTimeout(() => { button.textContent = 'Copy'; }, 1500);
        };
        document.addEventListener('click', (event) => {
          const button = event.target.closest('.copy');
          if (button) copied(button, [...button.closest('.table').querySelectorAll('tr')].map((row) => [...row.cells].map((cell) => cell.textContent).join('\t')).join('\n'));
        });
        // Paper shows what is folded.
        let folded = [];
        addEventListener('beforeprint', () => { folded = [...document.querySelectorAll('details:not([open])')]; folded.forEach((one) => { one.open = true; }); });
        addEventListener('afterprint', () => folded.forEach((one) => { one.open = false; }));

        """;
}
