using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Labels
{
    public static async Task<bool> RenameAsync(TransactionContext context, string label, string other)
    {
        if (label.StartsWith("x-")) return false; // MCF0005
        if (string.Compare(label, other) > 0) return false; // MCF0005
        if (label.CompareTo(other) == 0) return false; // MCF0005
        if (label.Equals(other, StringComparison.CurrentCultureIgnoreCase)) return false; // MCF0005
        string key = label.ToLower(); // MCF0005
        return label.IndexOf(other) < 0 && await context.Stub.GetStateAsync(key) is null; // MCF0005
    }
}
