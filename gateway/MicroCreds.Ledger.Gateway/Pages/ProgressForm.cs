using System.Globalization;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>The main part of the progress page: the form, and above it the answer once there is one.</summary>
internal sealed class ProgressForm(PageText text, IReadOnlyList<Pathway> pathways)
{
    public PageText Text => text;

    /// <summary>The pathway that was chosen.</summary>
    public string Chosen { get; init; } = "";

    /// <summary>Whether the learner wants to see milestones. Default is not: they are for who likes them.</summary>
    public bool ShowsMilestones { get; init; }

    /// <summary>Names a pathway in the form.</summary>
    public static string NameOf(Pathway pathway) =>
        string.Create(CultureInfo.InvariantCulture, $"{pathway.MspId}/{pathway.Id}/{pathway.Version}");

    /// <summary>Says what kept the form from being answered.</summary>
    public Html Fault(string fault) => $"""
        <section id="result" class="refused" tabindex="-1" role="alert">
        <div id="verdict">
        <p class="sign" aria-hidden="true">!</p>
        <div><p id="verdict-text">{text[$"progress.{fault}"]}</p></div>
        </div>
        </section>
        """;

    public Html Render(Html result, string kept) => $"""
        <h1>{text["progress.title"]}</h1>
        {(result.IsEmpty ? (Html)$"<p class=\"lead\">{text["progress.lead"]}</p>" : result)}
        <form id="form" method="post" action="/progress" enctype="multipart/form-data">
        <input type="hidden" name="lang" value="{text.Language}">
        {(result.IsEmpty ? Html.None : (Html)$"<h2>{text["progress.again"]}</h2>")}
        <div class="field">
        <label for="files">{text["progress.files"]}</label>
        <p class="hint" id="files-hint">{text["progress.filesHint"]}</p>
        <input type="file" id="files" name="files" multiple aria-describedby="files-hint">
        </div>
        <div class="field">
        <label for="credentials">{text["progress.text"]}</label>
        <textarea id="credentials" name="credentials" rows="4" spellcheck="false" aria-describedby="text-hint">
        </textarea>
        <p class="hint" id="text-hint">{text["progress.textHint"]}</p>
        </div>
        <div class="field">
        <label for="pathway">{text["progress.pathway"]}</label>
        {Choice()}
        </div>
        <div class="field check">
        <input type="checkbox" id="milestones" name="milestones" value="yes"{(ShowsMilestones ? Checked : Html.None)}>
        <label for="milestones">{text["progress.milestones"]}</label>
        </div>
        <textarea name="kept" hidden>
        {kept}</textarea>
        <div class="actions"><button type="submit" id="show">{text["progress.show"]}</button></div>
        </form>
        """;

    private static Html Checked => $" checked";

    private static Html Selected => $" selected";

    private Html Choice() => pathways.Count == 0 ? (Html)$"<p id=\"pathway\">{text["progress.none"]}</p>" : $"""
        <select id="pathway" name="pathway">{pathways.Select(Option)}</select>
        """;

    private Html Option(Pathway pathway) => $"""
        <option value="{NameOf(pathway)}"{(NameOf(pathway) == Chosen ? Selected : Html.None)}>{pathway.Name}</option>
        """;
}
