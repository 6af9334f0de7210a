using MicroCreds.Ledger.Credentials;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Log.Filters;
using MicroCreds.Ledger.Log.Leaves;
using MicroCreds.Ledger.Log.Standing;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Log.Proofs;

/// <summary>What a head, or a filter that is newer, says of a credential's issuer and status.</summary>
internal static class StandingChecks
{
    private const string AskIssuer = "Do not rely on it. Ask the issuer.";

    /// <summary>Checks issuer and status by what the head says of them.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="shown">Its issuance, whose leaf holds a statement.</param>
    /// <param name="proof">What stands of the credential.</param>
    /// <param name="filter">The filter that says the status in the proof's place; none if the proof does.</param>
    /// <param name="notices">What is told beside.</param>
    /// <param name="said">The last that was said of it, if the proof says it.</param>
    public static Check[] Of(
        ReadCredential credential, ShownIssuance shown, StandingProof proof, StatusFilter? filter, List<Notice> notices,
        out CredentialStanding? said)
    {
        said = null;
        var (anchor, statement) = (credential.Anchor, shown.Statement!);
        if (shown.Head.Roots is not { } roots || !proof.TryOpen(
            roots.CredentialsRoot.Span, LogStanding.KeyOf(anchor.MspId, anchor.Root, anchor.Index), shown.Head.Known,
            out var ofCredential))
        {
            return [NotProven(CheckNames.IssuerKey), NotProven(CheckNames.Status)];
        }

        if (shown.Issuer is not { } issuer)
        {
            return
            [
                shown.IsOtherIssuer ? OtherIssuer("the one that anchored it") : NotProven(CheckNames.IssuerKey),
                NotProven(CheckNames.Status),
            ];
        }

        try
        {
            said = ofCredential is { } one ? LedgerJson.Deserialize<CredentialStanding>(one.Span) : null;
        }
        catch (StrictJsonException)
        {
            return [NotProven(CheckNames.IssuerKey), NotProven(CheckNames.Status)];
        }

        var issuerCheck = IssuerCheck(credential, shown.Leaf, statement, issuer, notices);
        if (filter is null) return [issuerCheck, StatusCheckOf(credential, shown, said, notices)];
        said = null;
        return [issuerCheck, FilteredStatus(credential, shown, filter.Lists(shown.Index, anchor.Index))];
    }

    private static Check IssuerCheck(
        ReadCredential credential, LogLeaf leaf, IssuanceStatement statement, IssuerStanding issuer,
        List<Notice> notices)
    {
        if (issuer.Names.Count == 0)
        {
            return new Check(
                CheckNames.IssuerKey, CheckOutcome.Unknown, CheckCodes.IssuerUnconfirmed,
                $"The consortium's members have not confirmed who {statement.MspId} is.",
                "Ask a member of the consortium who this is.");
        }

        if (!issuer.Names.Any(one => one.Did == credential.IssuerDid && one.Name == credential.IssuerName))
            return OtherIssuer($"{issuer.Names[^1].Name}, which anchored it");

        var key = KeyOf(issuer, statement.KeyId);
        string since = key.CompromisedSince is { } at ? CredentialTime.Write(at) : "";
        if (KeyRule.StandingOf(key, WrittenAt(leaf.Moment), isGoodNews: true) != KeyStanding.InForce)
        {
            return Fail(
                CheckNames.IssuerKey, CheckCodes.KeyCompromised,
                $"It was anchored with a key that was in other hands since {since}.",
                AskIssuer);
        }

        if (since.Length > 0)
        {
            notices.Add(new Notice(
                CheckCodes.KeyCompromisedLater,
                $"The key that anchored it was in other hands from {since} on, after that."));
        }

        return new Check(
            CheckNames.IssuerKey, CheckOutcome.Pass, CheckCodes.KeyInForce,
            "Its issuer is who the members confirmed it to be, and its key was in force when it was anchored.");
    }

    private static Check StatusCheckOf(
        ReadCredential credential, ShownIssuance shown, CredentialStanding? said, List<Notice> notices)
    {
        var (statement, issuer) = (shown.Statement!, shown.Issuer!);
        var anchored = new Check(CheckNames.Anchor, CheckOutcome.Pass, CheckCodes.Anchored, "");
        if (EntryFault(credential, shown) is { } fault) return fault;
        if (said is null)
        {
            return new Check(
                CheckNames.Status, CheckOutcome.Pass, CheckCodes.InForce, "Nothing is said against it on the ledger.");
        }

        var status = new Status
        {
            Statement = new StatusStatement
            {
                Ledger = statement.Ledger,
                MspId = statement.MspId,
                Root = statement.Root,
                Index = credential.Anchor.Index,
                Sequence = 1,
                State = said.State,
                Reason = said.Reason,
                ReplacedBy = said.ReplacedBy,
                KeyId = said.KeyId,
            },
            Signature = "",
            ChangedAt = said.Moment,
            TransactionId = "",
        };
        return StatusCheck.OfStatement(
            status, KeyOf(issuer, said.KeyId), WrittenAt(said.Moment), anchored, notices);
    }

    private static Check FilteredStatus(ReadCredential credential, ShownIssuance shown, bool isListed) =>
        EntryFault(credential, shown) ?? (isListed
            ? Fail(
                CheckNames.Status, LogCheckCodes.NotInForce,
                "It is withdrawn, suspended or replaced, or was issued or reinstated with a stolen key: the filter "
                + "does not say which.",
                "Do not rely on it. A new proof, or the issuer, says why.")
            : new Check(
                CheckNames.Status, CheckOutcome.Pass, CheckCodes.InForce,
                "By the filter nothing is said against it on the ledger."));

    private static Check? EntryFault(ReadCredential credential, ShownIssuance shown) =>
        credential.StatusEntry is { } entry && !entry.IsOf(shown.Statement!, credential.Anchor.Index, shown.Positions)
            ? Fail(
                CheckNames.Status, CheckCodes.StatusEntryMismatch,
                "The place in a status list that it names is not the one that its issuance has on the ledger.",
                "Do not rely on it, and tell the issuer.")
            : null;

    // Whether a key was registered and not withdrawn was asked where the leaf was made; what came to light later stands
    // with the issuer.
    private static SigningKey KeyOf(IssuerStanding issuer, string keyId) => new()
    {
        Id = keyId,
        PublicKeyMultibase = "",
        ValidFrom = DateTimeOffset.MinValue,
        CompromisedSince = issuer.Stolen.FirstOrDefault(one => one.KeyId == keyId)?.Since,
    };

    private static WritingTime WrittenAt(DateTimeOffset moment) => new(moment, moment);

    private static Check OtherIssuer(string other) => Fail(
        CheckNames.IssuerKey, CheckCodes.IssuerMismatch, $"It claims another issuer than {other}.",
        AskIssuer);

    private static Check NotProven(string name) => Fail(
        name, LogCheckCodes.StandingNotProven, "What stands of it by this head is not proven.",
        LogProofVerifier.AskAnew);

    private static Check Fail(string name, string code, string detail, string nextStep) =>
        new(name, CheckOutcome.Fail, code, detail, nextStep);
}
