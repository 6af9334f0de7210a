using System.Text.Json;
using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Foreign;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Gateway.Wallets.Offering;
using MicroCreds.Ledger.Store;

namespace MicroCreds.Ledger.Gateway.Wallets.Presenting;

/// <summary>
/// Judges what wallets present, by the one verdict there is. What is wrong with the presentation itself its wallet is
/// told, and nothing is kept: that it is by another key, for another party or occasion, or not what was asked for. What
/// is wrong with a credential, such as that it was revoked, whoever asked is told. Thread-safe.
/// </summary>
internal sealed class PresentedCredentials(ReceivedVerifier verifier)
{
    // What no wallet would present, but one that changed or stole it, and what cannot be told from that.
    private static readonly string[] OfPresentation = [CheckNames.Format, CheckNames.Signature, CheckNames.Holder];

    /// <summary>Takes what was presented, if it is a presentation of what was asked for.</summary>
    /// <exception cref="ProtocolFault">It is not; the description says why, for the wallet.</exception>
    public async Task RequireAsync(
        DcqlQuery query, PresentedTokens tokens, PresentationRequest request, CancellationToken cancellationToken)
    {
        var counts = tokens.All.GroupBy(one => one.QueryId).ToDictionary(group => group.Key, group => group.Count());
        if (query.FaultOf(counts) is { } fault) throw Fault(fault);
        foreach (var token in tokens.All)
        {
            var asked = query.Find(token.QueryId)!;
            var verdicts = await JudgeAsync(asked, token, request, cancellationToken);

            // A presentation may hold several; how many credentials are asked for is what counts.
            if (verdicts.Count > 1 && !asked.IsMultiple)
                throw Fault($"vp_token has {verdicts.Count} credentials in {asked.Id}, which asks for one.");
            foreach (var verdict in verdicts)
            {
                if (FaultOf(asked, token, verdict) is { } wrong) throw Fault(wrong);
            }
        }
    }

    /// <summary>Judges what was presented, as it is now; the wallet's proof as it was when it came.</summary>
    public async Task<IReadOnlyList<Verdict>> JudgeAsync(
        DcqlQuery query, PresentedAnswer answer, CancellationToken cancellationToken)
    {
        var request = new PresentationRequest(answer.Audience, answer.Nonce) { ReceivedAt = answer.AnsweredAt };
        var verdicts = new List<Verdict>();
        foreach (var token in PresentedTokens.Read(answer.Content).All)
            verdicts.AddRange(await JudgeAsync(query.Find(token.QueryId)!, token, request, cancellationToken));
        return verdicts;
    }

    private async Task<IReadOnlyList<Verdict>> JudgeAsync(
        CredentialQuery asked, PresentedToken token, PresentationRequest request,
        CancellationToken cancellationToken) =>
        await verifier.VerifyOwnAsync(token.Bytes, asked.IsBound ? request : null, cancellationToken);

    private static string? FaultOf(CredentialQuery asked, PresentedToken token, Verdict verdict)
    {
        if (verdict.Kind == VerdictKind.Foreign)
            return $"{asked.Id} is no credential of this consortium: its holder's proof is not looked at here.";
        if (verdict.Checks.FirstOrDefault(check =>
            check.Outcome == CheckOutcome.Fail && OfPresentation.Contains(check.Name)) is { } failed)
            return $"{asked.Id}: {failed.Detail} ({failed.Code})";
        if (verdict.Document is not { } document || verdict.Form != FormOf(asked.Format))
            return $"{asked.Id} is not of the format {asked.Format}.";
        if (verdict.Form != CredentialForm.SdJwtVc)
        {
            using var shown = JsonDocument.Parse(document.ToJson());
            return asked.FaultOf(shown.RootElement, []);
        }

        try
        {
            var claims = SelectiveClaims.Of(token.Bytes);
            return asked.FaultOf(claims, [.. TextsIn(claims, "vct"), .. TextsIn(claims, "aka_vcts")]);
        }
        catch (CredentialFormatException)
        {
            // It was read of what lies within something else, and that is no presentation.
            return $"{asked.Id} is not of the format {asked.Format}.";
        }
    }

    private static CredentialForm FormOf(string format) => format switch
    {
        PresentationFormat.SdJwt => CredentialForm.SdJwtVc,
        PresentationFormat.VcJwt => CredentialForm.VcJwt,
        _ => CredentialForm.DataIntegrity,
    };

    private static IEnumerable<string> TextsIn(JsonElement root, string name)
    {
        if (!root.TryGetProperty(name, out var value)) return [];
        IEnumerable<JsonElement> all = value.ValueKind == JsonValueKind.Array ? value.EnumerateArray() : [value];
        return all.Where(one => one.ValueKind == JsonValueKind.String).Select(one => one.GetString()!);
    }

    private static ProtocolFault Fault(string description) => new(ProtocolFault.InvalidRequest, description);
}
