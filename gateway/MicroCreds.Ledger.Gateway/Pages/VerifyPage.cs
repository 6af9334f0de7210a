using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Agreeing;
using MicroCreds.Ledger.Gateway.Auditing;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Projection;
using MicroCreds.Ledger.Gateway.Protecting;
using MicroCreds.Ledger.Gateway.Reading;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Gateway.Wallets.Presenting;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Mvc;

namespace MicroCreds.Ledger.Gateway.Pages;

/// <summary>
/// /verify: the page on which anyone verifies credentials, one or several. It is whole without JavaScript: the form is
/// sent, and the verdict comes back as HTML. The script only spares the reload and reads pictures.
/// </summary>
public static class VerifyPage
{
    /// <summary>The most credentials that are verified at once.</summary>
    public const int MaxItems = ReceivedVerifier.MaxCredentials;

    private const string Address = "/verify";

    /// <summary>The largest form: a phone's photo, PDFs with pictures.</summary>
    internal const int MaxBytes = 12 * 1024 * 1024;

    /// <summary>The longest text of a form: what the page keeps of many credentials.</summary>
    private const int MaxTextBytes = 4 * 1024 * 1024;

    /// <summary>How long files are looked into, and members asked, for one visitor.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static void MapVerifyPage(this IEndpointRouteBuilder routes)
    {
        routes.MapGet(Address, (HttpContext context, VerifierIdentity verifier) =>
            PageAnswers.Give<VerifyView>(
                context, PageVisit.Of(context), (nameof(VerifyView.CanAsk), verifier.CanAsk)))
            .ExcludeFromDescription();
        routes.MapPost(Address, VerifyAsync)
            .Costs(RouteCost.Dear)
            .Unaudited("It answers from what is public, or is brought along, and keeps nothing.")
            .WithMetadata(new RequestSizeLimitAttribute(MaxBytes))
            .TakesParameters(PageText.LanguageParameter).ExcludeFromDescription();
    }

    private static async Task<IResult> VerifyAsync(
        HttpContext context, VerifyInputs inputs, VerifyServices services, VerifierIdentity verifier)
    {
        var (form, fault) = await ReadFormAsync(context.Request);
        var visit = PageVisit.Of(context, form?["switch"].LastOrDefault() ?? form?["lang"].LastOrDefault());
        var given = form is null
            ? [fault!]
            : await InputsOfAsync(form, context.Request.Host.Value ?? "", inputs, visit.Text, context.RequestAborted);
        var items = given.Count > MaxItems ? [] : await services.VerifyAsync(given, context.RequestAborted);
        if (items.Count is 0 or > MaxItems)
        {
            given = [VerifyInput.Refused("tooMany")];
            items = await services.VerifyAsync(given, context.RequestAborted);
        }

        bool isOne = items.Count == 1;
        return PageAnswers.Give<VerifyView>(
            context, visit, (nameof(VerifyView.CanAsk), verifier.CanAsk),
            (nameof(VerifyView.Items), items),
            (nameof(VerifyView.Opened), isOne ? 0 : OpenedOf(form, items.Count)),
            (nameof(VerifyView.Entered), isOne ? EnteredOf(given[0]) : ""),
            (nameof(VerifyView.Kept), isOne ? "" : KeptInputs.Write(given)));
    }

    /// <summary>Reads a form of files and texts; why not, if it cannot be read.</summary>
    internal static async Task<(IFormCollection? Form, VerifyInput? Fault)> ReadFormAsync(HttpRequest request)
    {
        if (!request.HasFormContentType) return (null, VerifyInput.Refused("empty"));
        try
        {
            // In memory: what is entered must not touch a disk.
            return (await request.ReadFormAsync(new FormOptions
            {
                MemoryBufferThreshold = MaxBytes,
                ValueLengthLimit = MaxTextBytes,
            }), null);
        }
        catch (Exception exception) when (exception is BadHttpRequestException or InvalidDataException)
        {
            return (null, VerifyInput.Refused("tooLarge"));
        }
    }

    /// <summary>What was pasted; where only the language is switched, what was verified before.</summary>
    private static string TextOf(IFormCollection form) =>
        form["credential"].ToString() is { Length: > 0 } pasted ? pasted
            : form.ContainsKey("switch") ? form["kept"].ToString()
            : "";

    /// <summary>What stays on the page for when the language is switched: of a link no more than the link.</summary>
    private static string EnteredOf(VerifyInput input) => input.Link
        ?? (input.Document is { } document && Utf8.IsValid(document) ? Encoding.UTF8.GetString(document) : "");

    /// <summary>Which of several is opened: what was asked for now, or before the language was switched.</summary>
    private static int? OpenedOf(IFormCollection? form, int count)
    {
        string asked = form?["open"].LastOrDefault() ?? form?["opened"].LastOrDefault() ?? "";
        return int.TryParse(asked, NumberStyles.None, CultureInfo.InvariantCulture, out int index) && index < count
            ? index
            : null;
    }

    /// <summary>Gives what a form holds, looking into each file.</summary>
    internal static async Task<IReadOnlyList<VerifyInput>> InputsOfAsync(
        IFormCollection form, string ownHost, VerifyInputs inputs, PageText words,
        CancellationToken cancellationToken)
    {
        bool isAgain = form.ContainsKey("open") || form.ContainsKey("switch");
        if (isAgain && form["several"].ToString() is { Length: > 0 } kept)
        {
            return await KeptInputs.ReadAsync(
                kept, text => inputs.OfTextAsync(text, ownHost, cancellationToken), words);
        }

        long begin = Stopwatch.GetTimestamp();
        var given = new List<VerifyInput>();
        var files = form.Files.Where(file => file.Length > 0).ToList();
        if (files.Count > MaxItems) return [VerifyInput.Refused("tooMany")];
        foreach (var file in files)
        {
            // Names come with a path from some programs.
            string name = Path.GetFileName(file.FileName);
            if (Stopwatch.GetElapsedTime(begin) > Patience)
            {
                given.Add(VerifyInput.Refused("notNow") with { Name = name });
                continue;
            }

            using var memory = new MemoryStream();
            await file.CopyToAsync(memory, cancellationToken);
            given.AddRange(await inputs.OfFileAsync(memory.ToArray(), name, ownHost, cancellationToken));
        }

        string text = TextOf(form);
        if (given.Count == 0 || text.Trim().Length > 0)
            given.Add(await inputs.OfTextAsync(text, ownHost, cancellationToken));
        return BroughtProofs.Pair(
            given, one => one.Document, (one, document) => one with { Document = document },
            one => VerifyInput.Refused("proofAlone") with { Name = one.Name });
    }
}

/// <summary>What verifies what visitors gave. Thread-safe.</summary>
internal sealed class VerifyServices(
    ReceivedVerifier verifier, LedgerProjection projection, Recognitions recognitions, BadgeImages badges,
    AnswerCounter answers)
{
    /// <summary>Verifies each; of what holds several credentials, each of these.</summary>
    public async Task<IReadOnlyList<VerifiedItem>> VerifyAsync(
        IReadOnlyList<VerifyInput> inputs, CancellationToken cancellationToken)
    {
        var found = await Task.WhenAll(inputs.Select(input => VerifyAsync(input, cancellationToken)));
        return [.. found.SelectMany(items => items)];
    }

    /// <summary>Adds to verdicts what else is shown of each.</summary>
    public IReadOnlyList<VerifiedItem> Judge(IReadOnlyList<Verdict> verdicts) =>
        [.. verdicts.Select(verdict => Judged(new VerifiedItem(), verdict))];

    private async Task<IReadOnlyList<VerifiedItem>> VerifyAsync(
        VerifyInput input, CancellationToken cancellationToken)
    {
        var item = new VerifiedItem { Name = input.Name, Member = input.Member, IsByLink = input.IsByLink };
        if (input.Document is not { } document)
            return [item with { Refusal = input.Refusal ?? "empty", About = input.About }];
        var verdict = await verifier.VerifyAsync(document, request: null, cancellationToken);
        return [.. (verdict.Each ?? [verdict]).Select(one => Judged(item, one))];
    }

    private VerifiedItem Judged(VerifiedItem item, Verdict verdict)
    {
        answers.Verified(verdict.Kind);
        return item with
        {
            Verdict = verdict,
            Issuer = verdict.Credential is { } credential && !IsOfAnotherLedger(verdict)
                ? projection.Institutions.GetValueOrDefault(credential.MspId) : null,
            Badge = verdict.Document is { } read && !IsOfAnotherLedger(verdict)
                ? badges.FindFor(CredentialContent.Of(read)) : null,
            Recognized = verdict.Kind == VerdictKind.Valid ? RecognizedOf(verdict, item.IsByLink) : null,
        };
    }

    /// <summary>Members of two consortia may have one name: what is known here is of others then.</summary>
    private bool IsOfAnotherLedger(Verdict verdict) =>
        verdict.Document is { } document && document.Anchor.Ledger != projection.Shared.Ledger;

    private RecognitionReport RecognizedOf(Verdict verdict, bool isByLink)
    {
        var recognizable = recognitions.Of(verdict);
        return recognitions.Answer([isByLink ? recognizable.WithoutGrade() : recognizable], institution: null);
    }
}
