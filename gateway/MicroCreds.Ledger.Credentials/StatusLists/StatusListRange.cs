using MicroCreds.Ledger.Model;

namespace MicroCreds.Ledger.Credentials.StatusLists;

/// <summary>The part of a status list that one issuance takes.</summary>
/// <param name="Gateway">The issuing gateway's public address, without a slash at its end.</param>
/// <param name="MspId">The institution.</param>
/// <param name="List">The list's name, as the issuance has it.</param>
/// <param name="Offset">The first ordinal, as the issuance has it.</param>
public sealed record StatusListRange(string Gateway, string MspId, string List, int Offset)
{
    /// <summary>The address of the list of revocations, which credentials name.</summary>
    public string Url { get; } = new StatusListName(MspId, List, StatusPurpose.Revocation).UrlAt(Gateway);

    /// <summary>Computes the position of the credential at a leaf of the issuance's tree.</summary>
    public int PositionOf(int leaf) => StatusListOrder.PositionOf(MspId, List, Offset + leaf);
}
