namespace MicroCreds.Fabric.Client.Calls;

/// <summary>
/// Knows an orderer's judgement of a transaction in what a peer says of a submit. Every orderer of the channel judges
/// by the same rules; whatever else one answers (it has not joined the channel yet, it has no leader) says nothing of
/// the others.
/// </summary>
/// <remarks>
/// Source: Fabric's internal/pkg/gateway, Submit: text is all that a peer gives, under Aborted, from 2.5 on with
/// "status=". Under Aborted, 2.4 also passes on that an orderer is not ready.
/// </remarks>
internal static class OrdererRefusal
{
    private const string Answer = "received unsuccessful response from orderer: ";
    private const string Field = "status=";

    private static readonly string[] Judgements = ["BAD_REQUEST", "FORBIDDEN", "REQUEST_ENTITY_TOO_LARGE"];

    public static bool IsIn(string text)
    {
        if (!text.StartsWith(Answer, StringComparison.Ordinal))
            return false;

        var status = text.AsSpan(Answer.Length);
        if (status.StartsWith(Field, StringComparison.Ordinal))
            status = status[Field.Length..];
        int end = status.IndexOf(',');
        string name = (end < 0 ? status : status[..end]).ToString();
        return Judgements.Contains(name, StringComparer.Ordinal);
    }
}
