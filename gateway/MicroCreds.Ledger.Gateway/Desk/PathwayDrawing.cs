using MicroCreds.Ledger.Credentials.Pathways;
using MicroCreds.Ledger.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Attribute = System.Collections.Generic.KeyValuePair<string, object>;

namespace MicroCreds.Ledger.Gateway.Desk;

/// <summary>
/// A pathway as a picture that a phone shows whole: its groups one below the other as boxes with what counts in them,
/// at their left what comes before what, at their right the way to the award. How it is coloured says the style sheet.
/// </summary>
public sealed class PathwayDrawing : ComponentBase
{
    private const int Width = 328;
    private const int Left = 22;
    private const int Right = 300;
    private const int Trunk = 316;
    private const int Padding = 12;
    private const int LineHeight = 18;
    private const int Gap = 26;
    private const string Tick = "✓ ";

    /// <summary>The tip of an arrow.</summary>
    private const string Tip = """
        <defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8"
          orient="auto-start-reverse"><path class="tip" d="M0 0 8 4 0 8z"></path></marker></defs>
        """;

    /// <summary>The most characters that fit into a line: of a name, of a rule, of what lies in a box.</summary>
    private const int NameLine = 29;
    private const int RuleLine = 36;
    private const int ItemLine = 31;

    private readonly List<Shape> _shapes = [];
    private readonly Dictionary<string, (int Top, int Bottom)> _places = [];
    private int _y;

    /// <summary>What it says.</summary>
    [Parameter, EditorRequired] public PathwayWords Words { get; set; } = null!;

    /// <summary>How far a learner is, whose groups and achievements stand out. Default is nobody.</summary>
    [Parameter] public PathwayEvaluation? Evaluation { get; set; }

    protected override void OnParametersSet()
    {
        _shapes.Clear();
        _places.Clear();
        _y = 4;
        foreach (var group in Words.Groups) AddGroup(group);
        int award = AddAward();
        AddWays(award);
    }

    protected override void BuildRenderTree(RenderTreeBuilder builder)
    {
        builder.OpenElement(0, "svg");
        builder.AddAttribute(1, "class", "pathway");
        builder.AddAttribute(2, "viewBox", Invariant($"0 0 {Width} {_y}"));
        builder.AddAttribute(3, "role", "img");
        builder.AddAttribute(4, "aria-labelledby", "drawing-title");
        builder.OpenElement(5, "title");
        builder.AddAttribute(6, "id", "drawing-title");
        builder.AddContent(7, Alternative);
        builder.CloseElement();
        builder.AddMarkupContent(8, Tip);
        foreach (var shape in _shapes)
        {
            builder.OpenElement(9, shape.Element);
            builder.AddMultipleAttributes(10, shape.Attributes);
            builder.AddContent(11, shape.Said);
            builder.CloseElement();
        }

        builder.CloseElement();
    }

    /// <summary>The picture in a sentence; all of it stands beside it in Words.</summary>
    private string Alternative => Words.Text.Fill(
        "desk.pathways.alternative", ("name", Words.Pathway.Name),
        ("groups", string.Join(", ", Words.Groups.Select(group => group.Name))), ("award", Words.Award));

    private void AddGroup(PathwayGroup group)
    {
        int top = _y;
        var lines = new List<Shape>();
        int y = top + Padding;
        AddText(lines, group.Name, "name", NameLine, Left + Padding, ref y);
        AddText(lines, string.Join(" · ", Words.RulesOf(group)), "rule", RuleLine, Left + Padding, ref y);
        var its = Evaluation?.Groups.FirstOrDefault(one => one.Id == group.Id);
        foreach (var item in group.Items)
        {
            bool isThere = its?.Counted.Any(one => IsOf(item, one)) == true;
            AddItem(lines, (isThere ? Tick : "") + Words.NameOf(item), isThere ? "item full" : "item", ref y);
        }

        // Of what may be chosen, what the learner has stands where it counts.
        foreach (var one in its?.Counted.Where(one => !group.Items.Any(item => IsOf(item, one))) ?? [])
            AddItem(lines, Tick + one.Name, "item full", ref y);
        if (Words.PoolOf(group) is { } pool) AddItem(lines, pool, "item open", ref y);
        y += Padding - 2;
        _shapes.Add(Box(top, y, its is { Complete: true } ? "group full" : "group"));
        _shapes.AddRange(lines);
        _places[group.Id] = (top, y);
        _y = y + Gap;
    }

    private bool IsOf(PathwayItem item, Counted one) =>
        (one.Ledger is null && item.MspId == one.MspId && item.Id == one.Achievement.Id)
        || (item.MspId == Words.Pathway.MspId && item.Id == one.Agreement?.Equivalent?.Id);

    private int AddAward()
    {
        int top = _y;
        var lines = new List<Shape>();
        int y = top + Padding;
        AddText(lines, Words.Award, "name", NameLine, Left + Padding, ref y);
        AddText(lines, string.Join(" · ", Words.Whole.Take(1)), "rule", RuleLine, Left + Padding, ref y);
        y += Padding - 4;
        _shapes.Add(Box(top, y, "award"));
        _shapes.AddRange(lines);
        _y = y + 4;
        return (top + y) / 2;
    }

    private void AddWays(int award)
    {
        int first = _places.Values.Select(Middle).DefaultIfEmpty(award).Min();
        foreach (var place in _places.Values)
            _shapes.Add(Way(Invariant($"M{Right} {Middle(place)}H{Trunk}")));
        _shapes.Add(Way(Invariant($"M{Trunk} {first}V{award}H{Right + 2}"), hasTip: true));
        foreach (var group in Words.Groups)
        {
            foreach (string before in group.After.Where(_places.ContainsKey))
            {
                int from = Middle(_places[before]);
                int to = _places[group.Id].Top + Padding + (LineHeight / 2);
                _shapes.Add(Way(Invariant($"M{Left} {from}H7V{to}H{Left - 2}"), hasTip: true));
            }
        }
    }

    private static void AddItem(List<Shape> lines, string said, string kind, ref int y)
    {
        int top = y + 4;
        int at = top + 5;
        var inner = new List<Shape>();
        AddText(inner, said, "said", ItemLine, Left + Padding + 9, ref at);
        at += 5;
        lines.Add(Rectangle(kind, Left + Padding, top, Right - Left - (2 * Padding), at - top, radius: 5));
        lines.AddRange(inner);
        y = at + 2;
    }

    private static void AddText(List<Shape> lines, string said, string kind, int most, int x, ref int y)
    {
        foreach (string line in Wrap(said, most))
        {
            lines.Add(new Shape("text", line, [Of("class", kind), Of("x", x), Of("y", y + 13)]));
            y += LineHeight;
        }
    }

    /// <summary>Breaks a text into lines at its blanks, and a word only where it is longer than a line.</summary>
    internal static IEnumerable<string> Wrap(string said, int most)
    {
        string line = "";
        foreach (string whole in said.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string word = whole;
            if (line.Length > 0 && line.Length + 1 + word.Length <= most)
            {
                line += " " + word;
                continue;
            }

            if (line.Length > 0) yield return line;
            for (; word.Length > most; word = word[(most - 1)..]) yield return word[..(most - 1)] + "-";
            line = word;
        }

        if (line.Length > 0) yield return line;
    }

    private static Shape Box(int top, int bottom, string kind) =>
        Rectangle(kind, Left, top, Right - Left, bottom - top, radius: 8);

    private static Shape Rectangle(string kind, int x, int y, int width, int height, int radius) => new(
        "rect", null,
        [
            Of("class", kind), Of("x", x), Of("y", y), Of("width", width), Of("height", height), Of("rx", radius),
        ]);

    private static Shape Way(string path, bool hasTip = false) => new(
        "path", null,
        [Of("class", "way"), Of("d", path), .. hasTip ? [Of("marker-end", "url(#tip)")] : Array.Empty<Attribute>()]);

    private static int Middle((int Top, int Bottom) place) => (place.Top + place.Bottom) / 2;

    private static Attribute Of(string name, string value) => new(name, value);

    private static Attribute Of(string name, int value) => new(name, Invariant($"{value}"));

    private static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    /// <summary>An element of the picture.</summary>
    private sealed record Shape(string Element, string? Said, IEnumerable<Attribute> Attributes);
}
