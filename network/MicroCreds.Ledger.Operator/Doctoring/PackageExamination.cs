namespace MicroCreds.Ledger.Operator.Doctoring;

/// <summary>Whether peer, definition and server speak of one package: its id holds the hash of its bytes.</summary>
internal static class PackageExamination
{
    /// <param name="subject">Whose it is, for messages.</param>
    /// <param name="serving">The id by which the chaincode server makes itself known.</param>
    /// <param name="approved">The id that the organisation approved, or null for none.</param>
    /// <param name="installed">The ids on the peer.</param>
    public static IEnumerable<Finding> Examine(
        string subject, string serving, string? approved, IReadOnlyCollection<string> installed)
    {
        if (!installed.Contains(serving))
        {
            yield return new Finding(
                subject,
                $"the peer has no package {serving}, by which the chaincode server makes itself known; it has "
                    + (installed.Count == 0 ? "none" : string.Join(", ", installed))
                    + ". Fabric answers \"could not launch chaincode\" or \"chaincode … was not found\".",
                "install that package, or start the server with CORE_CHAINCODE_ID_NAME as the peer prints it.");
        }

        if (approved is null)
        {
            yield return new Finding(
                subject,
                "it has approved no package of the definition that the channel has, so its peer cannot endorse.",
                "approve the committed sequence with --package-id: scripts/up.sh and add-institution.sh do so.");
        }
        else if (approved != serving)
        {
            yield return new Finding(
                subject, $"it approved the package {approved}, but its chaincode server is known as {serving}.",
                "approve again with the id of the package that serves, or start the server under the approved id.");
        }
    }
}
