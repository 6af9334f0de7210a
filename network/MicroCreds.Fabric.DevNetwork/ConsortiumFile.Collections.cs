using System.Text.RegularExpressions;
using MicroCreds.Fabric.Protocol.Common;

namespace MicroCreds.Fabric.DevNetwork;

public static partial class ConsortiumFile
{
    private static void ValidateCollections(
        string where, IReadOnlyList<CollectionSettings> collections, HashSet<string> members, List<string> faults)
    {
        for (int i = 0; i < collections.Count; i++)
        {
            var collection = collections[i];
            string place = $"{where}.collections[{i}]";
            if (!CollectionName().IsMatch(collection.Name))
            {
                faults.Add($"{place}.name: '{collection.Name}' must be letters, digits, dashes and underscores, and "
                    + "not start with an underscore");
            }
            else if (collections.Take(i).Any(other => other.Name == collection.Name))
            {
                faults.Add($"{place}.name: '{collection.Name}' is given twice");
            }

            if (collection.RequiredPeerCount < 0 || collection.MaxPeerCount < collection.RequiredPeerCount)
            {
                faults.Add($"{place}.requiredPeerCount: must be 0 to maxPeerCount");
            }

            if (collection.BlockToLive < 0)
            {
                faults.Add($"{place}.blockToLive: must be 0 (for ever) or more");
            }

            ValidatePolicy($"{place}.policy", collection.Policy, members, faults, anyOneOnly: true);
            if (collection.EndorsementPolicy is { } policy)
            {
                ValidatePolicy($"{place}.endorsementPolicy.signaturePolicy", policy.SignaturePolicy, members, faults);
            }
        }
    }

    private static bool IsAnyOne(SignaturePolicy rule) => rule.TypeCase == SignaturePolicy.TypeOneofCase.SignedBy
        || (rule.NOutOf.N == 1 && rule.NOutOf.Rules.All(IsAnyOne));

    [GeneratedRegex("^[A-Za-z0-9-][A-Za-z0-9_-]*$")]
    private static partial Regex CollectionName();
}
