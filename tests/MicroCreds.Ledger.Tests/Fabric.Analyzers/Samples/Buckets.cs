using MicroCreds.Fabric.Chaincode;

namespace Samples;

internal static class Buckets
{
    public static async Task PutAsync(TransactionContext context, string name, byte[] value, object owner)
    {
        int bucket = name.GetHashCode() % 16; // MCF0011
        int other = HashCode.Combine(name, bucket) ^ owner.GetHashCode(); // MCF0011 MCF0011
        await context.Stub.PutStateAsync(new string((char)('a' + bucket + other), 1), value);
    }

    internal sealed class Bucket(string name)
    {
        public string Name { get; } = name;

        public override bool Equals(object? obj) => obj is Bucket other && other.Name == Name;

        public override int GetHashCode() => Name.GetHashCode(StringComparison.Ordinal);
    }
}
