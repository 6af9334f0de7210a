using System.Security.Cryptography;
using System.Text;
using System.Text.Unicode;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Badges;
using MicroCreds.Ledger.Gateway.Pages;
using MicroCreds.Ledger.Gateway.Surveying;
using MicroCreds.Ledger.Log.Proofs;
using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Sharing;

/// <summary>
/// Reads what a browser keeps: which credentials lie within, and how each stands now. It keeps nothing. Keys of
/// strangers are not fetched, since every visit would fetch them. Thread-safe.
/// </summary>
internal sealed class KeptReader(
    ReceivedVerifier verifier, Holdings holdings, BadgeImages badges, AnswerCounter answers)
{
    /// <summary>Reads all of it.</summary>
    /// <param name="inputs">What was given.</param>
    /// <param name="device">The visitor's device; none if it has claimed nothing yet.</param>
    /// <param name="text">The visitor's language.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<KeptReading> ReadAsync(
        IReadOnlyList<VerifyInput> inputs, string? device, PageText text, CancellationToken cancellationToken)
    {
        var visit = new Visit(
            text, device is null ? [] : holdings.List(device).ToDictionary(one => $"urn:uuid:{one.Credential}"));
        var credentials = new List<KeptCredential>();
        var faults = new List<KeptFault>();
        foreach (var input in inputs)
        {
            if (input.Document is not { } document)
            {
                faults.Add(FaultOf(input, input.RefusalIn(text).Why, text));
                continue;
            }

            var pieces = Unwrapping.Open(document)
                .Where(piece => piece.IsOwn || ForeignRecognition.IsCredential(piece)).ToList();
            if (pieces.Count == 0) faults.Add(FaultOf(input, text["learner.kept.noCredential"], text));
            foreach (var piece in pieces)
            {
                foreach (var verdict in await verifier.VerifyOwnAsync(piece.Bytes, cancellationToken))
                {
                    answers.Verified(verdict.Kind);
                    var words = new VerdictWords(text, verdict, input.IsByLink);
                    if (IsReadable(verdict) && Utf8.IsValid(piece.Bytes.Span))
                        credentials.Add(Of(verdict, words, Trim(piece), input, visit));
                    else
                        faults.Add(FaultOf(input, WhyUnread(verdict, words, text), text));
                }
            }
        }

        return new KeptReading(credentials, faults);
    }

    private KeptCredential Of(
        Verdict verdict, VerdictWords words, ReadOnlyMemory<byte> document, VerifyInput input, Visit visit)
    {
        var text = visit.Text;
        var content = verdict.Document is { } read ? CredentialContent.Of(read) : null;
        string id = IdOf(verdict, document);
        string? learner = input.IsByLink ? null : content?.Learner;
        string?[] facts =
        [
            learner, content?.AwardingBody ?? verdict.Foreign?.ClaimedIssuer,
            content?.Awarded is { } awarded ? text.Date(awarded) : null,
        ];
        var (state, tone) = StateOf(verdict, words, text);
        bool stands = verdict.Kind == VerdictKind.Valid;
        return new KeptCredential
        {
            File = input.Name ?? "",
            Id = id,
            Document = Encoding.UTF8.GetString(document.Span),
            Title = TitleOf(verdict, content, text),
            Learner = learner,
            Facts = string.Join(" · ", facts.OfType<string>()),
            State = state,
            Tone = tone,
            Stands = stands,
            Credits = stands ? content?.Credits ?? 0 : 0,
            Told = verdict.Foreign is { } foreign
                ? [text.Fill("verdict.foreignText", ("kind", ForeignView.KindOf(text, foreign)))]
                : [.. verdict.Head.Told.SelectMany(check => words.Told(check))],
            Badge = verdict.Abroad is null ? badges.FindFor(content) : null,
            Held = visit.Held.GetValueOrDefault(id) is { } one ? $"{LearnerPages.MineAddress}/{one.Id}" : null,
        };
    }

    private static string TitleOf(Verdict verdict, CredentialContent? content, PageText text) =>
        verdict.Foreign is { } foreign
            ? foreign.ClaimedTitle ?? ForeignView.KindOf(text, foreign)
            : content?.Title ?? verdict.Credential?.Title ?? "";

    private static (string State, string Tone) StateOf(Verdict verdict, VerdictWords words, PageText text)
    {
        if (verdict.Checks.Any(check => check.Code == CheckCodes.Revoked))
            return (text[$"desk.state.{CredentialState.Revoked}"], "bad");
        if (verdict.Checks.Any(check => check.Code == CheckCodes.Suspended))
            return (text[$"desk.state.{CredentialState.Suspended}"], "warn");
        return verdict.Kind switch
        {
            VerdictKind.Valid when !verdict.Head.IsReserved => (text[$"desk.state.{CredentialState.InForce}"], "good"),
            VerdictKind.Invalid => (words.Title, "bad"),
            _ => (words.Title, "warn"),
        };
    }

    // Whoever changes a credential must not have it taken for the one that it was made from, nor one of another ledger
    // for one of this.
    private static string IdOf(Verdict verdict, ReadOnlyMemory<byte> document)
    {
        bool isWhole = verdict.Abroad is null
            ? Passes(verdict, CheckNames.Signature)
            : Passes(verdict, CheckNames.Anchor) && !LogVerdict.IsOfNobody(verdict.Checks);
        if (!isWhole || verdict.Credential is not { } credential)
            return "sha256:" + Convert.ToHexStringLower(SHA256.HashData(document.Span));
        return verdict.Abroad is { } abroad ? $"{abroad.Ledger} {credential.Id}" : credential.Id;
    }

    private static bool Passes(Verdict verdict, string check) =>
        verdict.Checks.Any(one => one.Name == check && one.Outcome == CheckOutcome.Pass);

    private static ReadOnlyMemory<byte> Trim(UnwrappedPiece piece) => piece.Bytes.Trim(" \t\r\n"u8);

    private static bool IsReadable(Verdict verdict) => verdict.Foreign is not null || verdict.Credential is not null;

    private static string WhyUnread(Verdict verdict, VerdictWords words, PageText text) =>
        verdict.Head.Told is [var first, ..] ? words.Found(first).Said : text["learner.kept.noCredential"];

    private static KeptFault FaultOf(VerifyInput input, string reason, PageText text) => new(
        input.Name ?? "",
        input.Name is { } name
            ? text.Fill("learner.kept.fault", ("reason", reason), ("name", name))
            : text.Fill("learner.kept.unnamedFault", ("reason", reason)));

    /// <summary>Who looks, and what that device has claimed, by the credentials' identifiers.</summary>
    private sealed record Visit(PageText Text, IReadOnlyDictionary<string, Holding> Held);
}
