using System.Security.Cryptography;
using Google.Protobuf;
using MicroCreds.Ledger.Credentials.Verifying;
using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Bundles.Evidence;

/// <summary>
/// What a bundle proves under certain roots. A record counts only if an endorsed transaction wrote it, and all of them
/// only if a member's gateway vouches that they are the newest.
/// </summary>
internal sealed class BundleEvidence
{
    private readonly OfflineBundle _bundle;
    private readonly LedgerTrust _trust;

    public BundleEvidence(OfflineBundle bundle, LedgerTrust trust)
    {
        (_bundle, _trust) = (bundle, trust);
        Transactions = Fail(
            BundleCheckNames.Transactions, BundleCheckCodes.NotEndorsed, "It could not be looked into.");
        WitnessCheck = Fail(BundleCheckNames.Witness, BundleCheckCodes.WitnessForged, "It could not be looked into.");
        TrustedMembers members;
        try
        {
            members = new TrustedMembers(trust);
        }
        catch (EvidenceException e)
        {
            TrustFault = e.Message;
            return;
        }

        Transactions = Checked(BundleCheckNames.Transactions, BundleCheckCodes.NotEndorsed, () => Prove(members));
        WitnessCheck = Checked(BundleCheckNames.Witness, BundleCheckCodes.WitnessForged, () => Hear(members));
    }

    public Witness Statement => _bundle.Witness.Statement;

    public Issuance? Issuance { get; private set; }

    public Institution? Institution { get; private set; }

    public Status? Status { get; private set; }

    /// <summary>The achievement that is proven to be the issuer's; none if the bundle has none.</summary>
    public Achievement? Achievement { get; private set; }

    /// <summary>What is proven of the issuer's accreditation; none if that cannot be said from the bundle.</summary>
    public AccreditationRecords? Accreditation { get; private set; }

    /// <summary>The peers that endorsed the issuance.</summary>
    public IReadOnlyList<Signatory> Endorsers { get; private set; } = [];

    /// <summary>Who vouches for how recent it is.</summary>
    public Signatory? Witness { get; private set; }

    public Check Transactions { get; }

    public Check WitnessCheck { get; }

    /// <summary>What is wrong with the roots; none if they can be used.</summary>
    public string? TrustFault { get; }

    public bool IsSound =>
        Transactions.Outcome == CheckOutcome.Pass && WitnessCheck.Outcome == CheckOutcome.Pass && TrustFault is null;

    private static Check Checked(string name, string code, Func<Check> check)
    {
        try
        {
            return check();
        }
        catch (Exception e) when (e is EvidenceException or StrictJsonException or FormatException
            or CryptographicException or InvalidProtocolBufferException or ArgumentException)
        {
            return Fail(name, code, e.Message);
        }
    }

    private static Check Fail(string name, string code, string detail) => new(
        name, CheckOutcome.Fail, code, detail, "Do not rely on it. Ask a gateway for the bundle anew.");

    private Check Prove(TrustedMembers members)
    {
        var issuance = LedgerJson.Deserialize<Issuance>(_bundle.Issuance.Record);
        string owner = issuance.Statement.MspId;
        var institution = LedgerJson.Deserialize<Institution>(_bundle.Institution.Record);
        if (institution.MspId != owner)
            throw new EvidenceException("The institution's record is not the issuer's.");
        var status = _bundle.Status is { } record ? LedgerJson.Deserialize<Status>(record.Record) : null;

        // A record once written changes by its owner and by those who were members then, who may have been few.
        var written = new WrittenRecords(members, _trust);
        var endorsers = written.Require(_bundle.Issuance, RecordKey.Issuance(owner, issuance.Statement.Root), owner);
        if (endorsers.Count < members.Needed)
        {
            throw new EvidenceException(
                $"The issuance has the endorsements of {endorsers.Count} members; it needs {members.Needed}.");
        }

        written.RequireInstitution(_bundle.Institution, owner);
        if (status is not null)
        {
            written.RequireOwned(
                _bundle.Status!, RecordKey.Status(owner, Statement.Root, Statement.Index), owner,
                isChange: status.Statement.Sequence > 1);
        }

        if (_bundle.Accreditation is { } accreditation)
        {
            Accreditation = AccreditationEvidence.Prove(accreditation, owner, written);
            Achievement = LedgerJson.Deserialize<Achievement>(accreditation.Achievement.Record);
        }

        (Issuance, Institution, Status, Endorsers) = (issuance, institution, status, endorsers);
        string names = string.Join(", ", endorsers.Select(peer => peer.MspId).Order(StringComparer.Ordinal));
        return new Check(
            BundleCheckNames.Transactions, CheckOutcome.Pass, BundleCheckCodes.Endorsed,
            $"Peers of {names} endorsed the transaction that wrote the issuance, and enough members' peers those of "
            + "the other records. That they were committed as valid is the witness's word.");
    }

    private Check Hear(TrustedMembers members)
    {
        var signed = _bundle.Witness;
        var statement = signed.Statement;
        var witness = members.Resolve(statement.MspId, signed.Certificate, statement.AsOf.Time);
        if (!witness.MayWitness)
        {
            throw new EvidenceException(
                $"{witness.Name} of {witness.MspId} has no role by which a member's gateway speaks for it.");
        }

        TrustedMembers.RequireSignature(
            witness, WitnessSignature.BytesToSign(statement), Convert.FromBase64String(signed.Signature),
            "the witness's word");
        if (statement.Type != Bundles.Witness.TypeName || statement.Ledger != _trust.Ledger)
            throw new EvidenceException("The witness speaks of something else, or of another ledger.");
        RequireSame(statement.Issuance, _bundle.Issuance, "issuance");
        RequireSame(statement.Institution, _bundle.Institution, "institution");
        RequireSame(statement.Status, _bundle.Status, "status");
        RequireSame(statement.Achievement, _bundle.Accreditation?.Achievement, "achievement");
        RequireSame(statement.Consortium, _bundle.Accreditation?.Consortium, "list of accreditors");
        RequireSame(statement.Granted, _bundle.Accreditation?.Granted, "accreditation");
        RequireSame(statement.Accreditor, _bundle.Accreditation?.Accreditor, "accreditor");
        Witness = witness;
        return new Check(
            BundleCheckNames.Witness, CheckOutcome.Pass, BundleCheckCodes.Witnessed,
            $"Nothing else was on the ledger as of block {statement.AsOf.Block}, {statement.AsOf.Time:u}, on the word "
            + $"of {witness.Name} of {witness.MspId}.");
    }

    private void RequireSame(WitnessedRecord? witnessed, EndorsedRecord? record, string what)
    {
        if (witnessed is null && record is null) return;
        if (witnessed is null || record is null
            || witnessed != WitnessSignature.OfRecord(record) || witnessed.Block > Statement.AsOf.Block)
            throw new EvidenceException($"The witness saw another {what} than the bundle holds.");
    }
}
