using System.Text;
using MicroCreds.Ledger.Credentials.Verifying;

namespace MicroCreds.Ledger.Credentials.Compact;

/// <summary>
/// Makes whole documents of the compact form and of what a ledger says. Whether a document is good is not asked here:
/// it is verified as any other. Thread-safe.
/// </summary>
public sealed class CompactExpander
{
    /// <summary>The most cohorts whose shared parts are kept at hand.</summary>
    private const int MaxCohorts = 256;

    private readonly ILedgerView _ledger;
    private readonly TimeProvider _time;
    private readonly Func<VerificationOptions> _current;
    private readonly BoundedMemory<CohortKey, CompactCohort> _cohorts = new(MaxCohorts);

    /// <summary>Prepares making documents.</summary>
    /// <param name="ledger">What says what is on the ledger.</param>
    /// <param name="time">What says what time it is.</param>
    /// <param name="current">Gives the options as they are now.</param>
    public CompactExpander(ILedgerView ledger, TimeProvider time, Func<VerificationOptions> current)
    {
        ArgumentNullException.ThrowIfNull(ledger);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(current);
        (_ledger, _time, _current) = (ledger, time, current);
    }

    /// <summary>Makes the document of a text. Never throws because of what it holds.</summary>
    /// <param name="utf8">The text as it was received.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<CompactExpansion> ExpandAsync(
        ReadOnlyMemory<byte> utf8, CancellationToken cancellationToken = default)
    {
        CompactCredential credential;
        try
        {
            credential = CompactText.Read(utf8);
        }
        catch (CompactVersionException newer)
        {
            return new CompactExpansion(new Check(
                CheckNames.Format, CheckOutcome.Unknown, CheckCodes.CompactVersion, newer.Message,
                "Verify it at another institution's gateway, or again once this one was upgraded."));
        }
        catch (FormatException damaged)
        {
            return new CompactExpansion(new Check(
                CheckNames.Format, CheckOutcome.Fail, CheckCodes.CompactDamaged, damaged.Message,
                "Scan it again, or copy all of it: from the first letter to the last one."));
        }

        return await ExpandAsync(credential, cancellationToken);
    }

    /// <summary>Makes the document.</summary>
    /// <param name="credential">The credential.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    public async ValueTask<CompactExpansion> ExpandAsync(
        CompactCredential credential, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(credential);
        var options = _current();
        if (options.Ledger.Length == 0) return new CompactExpansion(Unreachable());
        if (!credential.LedgerTag.Span.SequenceEqual(CompactCredential.TagOf(Encoding.UTF8.GetBytes(options.Ledger))))
            return new CompactExpansion(OtherLedger());

        AnchorView view;
        try
        {
            view = await _ledger.FindAnchorAsync(
                credential.MspId, credential.Root, credential.Index, credential.Achievement, cancellationToken);
        }
        catch (LedgerUnavailableException)
        {
            return new CompactExpansion(Unreachable());
        }

        return Expand(credential, view, options);
    }

    /// <summary>Makes the document out of what was found of it.</summary>
    internal CompactExpansion Expand(CompactCredential credential, AnchorView view, VerificationOptions options)
    {
        if (FaultOf(credential, view, options) is { } fault) return new CompactExpansion(fault, view);
        var institution = view.Anchor!.Institution!;
        var statement = view.Anchor.Issuance!.Statement;
        string keyId = credential.KeyId ?? statement.KeyId;
        var key = new CohortKey(
            statement.MspId, statement.Root, keyId, credential.Gateway, credential.ValidFrom, credential.Version,
            BitConverter.ToUInt32(credential.IssuerTag.Span));
        try
        {
            if (!_cohorts.TryGet(key, out var cohort) || !cohort.IsOf(statement, institution, view.Achievement!))
            {
                cohort = CompactCohort.Make(credential, keyId, statement, institution, view.Achievement!);
                _cohorts.Set(key, cohort);
            }

            return new CompactExpansion(cohort.Document(credential), view);
        }
        catch (CompactFaultException unmade)
        {
            return new CompactExpansion(unmade.Check, view);
        }
        catch (FormatException)
        {
            return new CompactExpansion(
                Fail(
                    CheckNames.Format, CheckCodes.CompactDamaged,
                    "What it holds of the learner makes no credential."),
                view);
        }
    }

    private Check? FaultOf(CompactCredential credential, AnchorView view, VerificationOptions options)
    {
        if (view.Unreadable is { } unreadable)
        {
            return Unknown(
                CheckNames.Anchor, CheckCodes.RecordUnreadable, $"It could not be made whole. {unreadable}",
                "Verify it at another institution's gateway, or again once this one was upgraded.");
        }

        if (view.Anchor?.Issuance is not { } issuance) return Missing(credential, view, options);
        if (issuance.Statement.Root != credential.Root || issuance.Statement.MspId != credential.MspId)
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.AnchorMismatch,
                "Its place says otherwise than the issuance on the ledger.");
        }

        if (view.Anchor.Institution is null)
        {
            return Unknown(
                CheckNames.Anchor, CheckCodes.IssuerUnknown,
                "The ledger has the issuance, but not the institution that made it.", "Ask the issuer.");
        }

        if (issuance.Statement.FindAttested(credential.Achievement) is null)
        {
            return Fail(
                CheckNames.Anchor, CheckCodes.AchievementNotIssued,
                "The issuance on the ledger does not attest this achievement.");
        }

        return view.Achievement is not null
            ? null
            : Unknown(
                CheckNames.Anchor, CheckCodes.AchievementUnknown,
                "The achievement that it was awarded for is not known here, so it cannot be made whole.",
                "Verify it at a gateway of the consortium, or again in a moment.");
    }

    private Check Missing(CompactCredential credential, AnchorView view, VerificationOptions options) =>
        AnchorCheck.IsOnItsWay(credential.ValidFrom, view, _time.GetUtcNow(), options)
            ? AnchorCheck.NotYet()
            : Fail(CheckNames.Anchor, CheckCodes.NotAnchored, "No issuance on the ledger has its place.");

    private static Check Unreachable() => Unknown(
        CheckNames.Anchor, CheckCodes.LedgerUnreachable,
        "The ledger could not be asked, and most of what it says stands there.", "Verify again in a moment.");

    private static Check OtherLedger() => Unknown(
        CheckNames.Anchor, CheckCodes.OtherLedger,
        "It names another ledger than the one asked here, and what it says stands there.",
        "Verify it at an institution of that ledger's consortium.");

    private static Check Fail(string name, string code, string detail) => new(
        name, CheckOutcome.Fail, code, detail,
        "Do not rely on it. Ask the learner for the file as the issuer sent it, or ask the issuer.");

    private static Check Unknown(string name, string code, string detail, string nextStep) =>
        new(name, CheckOutcome.Unknown, code, detail, nextStep);

    private readonly record struct CohortKey(
        string MspId, string Root, string KeyId, string Gateway, DateTimeOffset ValidFrom, int Version, uint Issuer);
}

/// <summary>What became of a compact form.</summary>
public sealed class CompactExpansion
{
    internal CompactExpansion(Check fault, AnchorView? view = null) => (Fault, View) = (fault, view);

    internal CompactExpansion(byte[] document, AnchorView view) => (Document, View) = (document, view);

    /// <summary>The whole document as canonical JSON; absent if it could not be made. Personal: never log it.</summary>
    public byte[]? Document { get; }

    /// <summary>Why it could not be made, as the line of a verdict; absent if it was.</summary>
    public Check? Fault { get; }

    /// <summary>What the ledger said; absent if it was not or could not be asked.</summary>
    public AnchorView? View { get; }
}
