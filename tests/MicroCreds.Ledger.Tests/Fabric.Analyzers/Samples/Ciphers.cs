using System.Security.Cryptography;

namespace Samples;

internal static class Ciphers
{
    public static object[] Encrypt(RSA rsa, byte[] data, byte[] key, byte[] vector)
    {
        using var aes = Aes.Create();
        aes.Key = key;
        aes.GenerateIV(); // MCF0002
        using var drawn = Aes.Create();
        drawn.Key = key;
        using var given = Aes.Create();
        given.IV = vector;
        return
        [
            drawn.CreateEncryptor(), // MCF0002
            rsa.Encrypt(data, RSAEncryptionPadding.OaepSHA256), // MCF0002
            rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss), // MCF0002
            given.CreateEncryptor(),
            aes.CreateEncryptor(key, vector),
            aes.EncryptCbc(data, vector),
            rsa.SignData(data, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1),
            rsa.VerifyData(data, data, HashAlgorithmName.SHA256, RSASignaturePadding.Pss),
            rsa.Decrypt(data, RSAEncryptionPadding.OaepSHA256),
        ];
    }
}
