using MicroCreds.Ledger.Model;
using MicroCreds.Ledger.Tests.Histories.Reference;

namespace MicroCreds.Ledger.Tests.Histories;

/// <summary>
/// What issuers know of the statuses that stand on the ledger: a statement counts on from the one before.
/// </summary>
internal sealed class StatusBook
{
    private readonly Dictionary<(string Root, int Index), (int Count, string State)> _statuses = [];
    private readonly HashSet<string> _anchored = [];
    private readonly HashSet<(string Root, int Index)> _owned = [];

    public void Anchor(string root) => _anchored.Add(root);

    public bool IsAnchored(Paper paper) => _anchored.Contains(paper.Root);

    public int CountOf(Paper paper) => _statuses.GetValueOrDefault((paper.Root, paper.Index)).Count;

    public string StateOf(Paper paper) =>
        _statuses.GetValueOrDefault((paper.Root, paper.Index)).State ?? CredentialState.InForce;

    /// <summary>Whether its issuer wrote its status, which nobody else may do from then on.</summary>
    public bool IsOwned(Paper paper) => _owned.Contains((paper.Root, paper.Index));

    public void Take(StatusStatement statement, bool isGenuine)
    {
        _statuses[(statement.Root, statement.Index)] = (statement.Sequence, statement.State);
        if (isGenuine) _owned.Add((statement.Root, statement.Index));
    }
}
