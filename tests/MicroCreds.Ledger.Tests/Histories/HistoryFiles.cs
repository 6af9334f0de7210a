using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>What the institutions remember of what they began together.</summary>
internal sealed class HistoryFiles
{
    public List<OpenBallot> Ballots { get; private init; } = [];

    public List<OwnAccreditation> Accreditations { get; private init; } = [];

    public List<SharedAgreement> Agreements { get; private init; } = [];

    public HistoryFiles Fork() => new()
    {
        Ballots = [.. Ballots.Select(ballot => ballot with
        {
            Voted = [.. ballot.Voted],
            Approvals = [.. ballot.Approvals],
        })],
        Accreditations = [.. Accreditations.Select(one => one with { })],
        Agreements = [.. Agreements.Select(one => one with { Accepted = [.. one.Accepted], Left = [.. one.Left] })],
    };
}

/// <summary>A ballot that is not decided.</summary>
internal sealed record OpenBallot(BallotStatement Statement, InstitutionIdentity? Identity)
{
    public List<string> Voted { get; init; } = [];

    public List<VoteSaid> Approvals { get; init; } = [];

    /// <summary>Whether it must never be accepted.</summary>
    public bool IsBad { get; init; }
}

/// <summary>An accreditation, as its accreditor knows it.</summary>
internal sealed record OwnAccreditation(string Accreditor, string Institution, string Id, AwardScope Scope)
{
    public int Sequence { get; set; } = 1;

    public bool IsWithdrawn { get; set; }
}

/// <summary>An agreement, as its parties know it.</summary>
internal sealed record SharedAgreement(string Id)
{
    public required AgreementStatement Terms { get; set; }

    /// <summary>What the version that was agreed last says of notices.</summary>
    public int NoticeDays => Terms.NoticeDays;

    public List<string> Accepted { get; init; } = [];

    public List<string> Left { get; init; } = [];
}
