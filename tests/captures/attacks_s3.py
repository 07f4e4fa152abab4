#!/usr/bin/env python3
"""Makes the captures of attacks by content, campaigns, senders and routes, each with its innocent look-alikes.

    tests/captures/attacks_s3.py GENERATOR [FOLDER]    GENERATOR: gen.py of the shared tools

Every message is written out with its time, addresses and label; the label in the truth says what it is. Numbers are of
reserved ranges: home network 999 70, a partner for people 999 81, a hub 999 82, one that is shut out 999 83, a partner
for services 999 84, and 999 66 that nobody knows.
"""
import gzip, importlib.util, os, sys

PEOPLE, HUB, SHUT, SERVICES = ('9998%d0300001' % n for n in (1, 2, 3, 4))
NOBODY = '999660300001'
HOME_SC = '999700300001'


def load(path):
    spec = importlib.util.spec_from_file_location('gen', path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def story(gen, folder, name):
    """A world with nothing in it but what is told."""
    out = os.path.join(folder, name + '.pcap')

    class Story(gen.World):
        clock = 1767225610.0

        def address(self, shown):
            if shown.isdigit():
                return gen.tp_addr(shown, ton=0 if len(shown) < 7 else 1)
            return gen.tp_addr(alpha=shown)

        @staticmethod
        def alphabet(text):
            return 0 if all(c in gen.GSM7I or c in gen.GSM7X for c in text) else 8

        def mt(self, label, oa, text=None, gt=PEOPLE, to=1, sca=None, step=1.0, **tp):
            """A delivery to subscriber number `to` of the home network."""
            tp.setdefault('dcs', self.alphabet(text or ''))
            tpdu = gen.sms_deliver(self.address(oa), text, **tp)
            self.dlg_mt(self.clock, [tpdu], sc=gt, imsi=self.sub(to)[1], msc=self.home_msc[0], outcome='none',
                        kw={'label': label}, sca_digits=sca)
            self.clock += step

        def mo(self, label, who, da, text=None, step=1.0, **tp):
            """A submission of subscriber number `who` of the home network, at home."""
            tp.setdefault('dcs', self.alphabet(text or ''))
            msisdn, imsi = self.sub(who)
            tpdu = gen.sms_submit(self.address(da), text, mr=who & 255, **tp)
            self.dlg_mo(self.clock, [tpdu], msisdn, imsi, cg={'gt': self.home_msc[0], 'ssn': 8}, outcome='none',
                        kw={'label': label})
            self.clock += step

        def parts(self, label, oa, texts, gt=PEOPLE, to=1, ref=7):
            """A message whose parts are cut where it suits the sender; only the last one has the label."""
            for n, text in enumerate(texts, 1):
                head = gen.udh((0, bytes([ref, len(texts), n])))
                self.mt(label if n == len(texts) else label + '_first_part', oa, text, gt, to, hdr=head)

        def asks(self, label, msisdn, sc=PEOPLE):
            self.dlg_sri_sm(self.clock, sc, msisdn, '001010000000001', self.home_msc[0], outcome='none',
                            kw={'label': label})
            self.clock += 1

        def close(self):
            self.run_heap()
            self.finish()
            with open(out + '.truth.jsonl', 'rb') as plain, open(out + '.truth.jsonl.gz', 'wb') as packed:
                with gzip.GzipFile('', 'wb', 9, packed, 0) as zipped:
                    zipped.write(plain.read())
            os.unlink(out + '.truth.jsonl')

    return Story(gen.parse(['--out', out, '--seed', '1', '--no-handshake']))


def person(n):
    """A subscriber of the partner for people."""
    return '999815%06d' % n


def friend(n):
    """A subscriber of another network, of no order."""
    return '999815%06d' % ((n * n * 7919 + n * 104729) % 1000000)


def lists(s):
    s.mt('blocked_number', '999815550100', 'Hello')
    s.mt('blocked_number_in_national_form', '05550100', 'Hello')
    s.mt('other_number', '999815550101', 'Hello')
    s.mt('blocked_name', 'CasinoKing', 'Play')
    s.mt('blocked_name_disguised', 'CA51N0 KING', 'Play')
    s.mt('blocked_name_with_dots', 'c.a.s.i.n.o', 'Play')
    s.mt('other_name', 'Casing Ltd', 'Your order is ready')
    s.mo('blocked_subscriber', 7, person(1), 'Hello')
    s.mo('other_subscriber', 8, person(1), 'Hello')
    s.mo('blocked_receiver', 8, '999900123456', 'VOTE')
    s.mo('other_receiver', 8, '999810123456', 'VOTE')
    s.asks('asks_for_blocked_receiver', s.sub(9)[0])
    s.asks('asks_for_other_receiver', s.sub(10)[0])
    s.mt('trusted', 'Warning', 'Storm this evening, stay inside', gt=SERVICES)
    s.mt('trusted_name_of_a_stranger', 'Warning', 'Storm this evening, stay inside', gt=NOBODY)


def words(s):
    s.mt('plain', person(1), 'Buy your Falsewatch today')
    s.mt('capitals_and_accents', person(1), 'Buy your FÀLSÉWATCH today')
    s.mt('look_alikes', person(1), 'Buy your f\u0430ls\u0435w\u0430tch today')
    s.mt('unseen', person(1), 'Buy your fal\u200bse\u200dwat\u2060ch today')
    s.mt('dots', person(1), 'Buy your f.a.l.s.e.w.a.t.c.h today')
    s.mt('blanks', person(1), 'Buy your f a l s e w a t c h today')
    s.mt('figures', person(1), 'Buy your f4l53w47ch today')
    s.parts('across_parts', person(1), ['A gift for you: falsew', 'atch and more'], ref=21)
    s.parts('across_parts_with_dots', person(1), ['A gift for you: f.a.l.s', '.e.w.a.t.c.h and more'], ref=22)
    s.mo('submitted', 3, person(1), 'Buy your falsewatch today')
    s.mt('whole_word', person(1), 'You should join our scam today')
    s.mt('other_word', person(1), 'We ate scampi near the harbour')
    s.mt('false_alarm', person(1), 'It was a false alarm. Watch the match tonight?')
    s.parts('long_and_innocent', person(1), ['The train was late again, so we wal', 'ked home by the river'], ref=23)
    s.mt('cyrillic', person(1), 'Привет, смотри часы на стене')


def lures(s):
    link = 'http://pay.example/a1'
    s.mt('parcel', person(1), 'Your parcel is on hold, see ' + link)
    s.mt('parcel_disguised', person(1), 'Your p\u0430rcel is on h\u043eld, see ' + link)
    s.mt('number_to_call', person(1), 'You have won! Call +999 81 555 0199 now')
    s.mt('expression', person(1), 'Winner! Come and get your big new voucher at ' + link)
    s.mt('new_number', person(1), 'Hi mum, my phone broke, this is my new number, write me at ' + link)
    s.parts('across_parts', person(1), ['Dear customer, your account has been susp', 'ended. Please see ' + link], ref=31)
    s.mt('points', 'Deals', 'Sale! 50% off, buy now, free offer: http://d\u0435\u0430l-\u043eff\u0435r.example/a')
    s.mt('without_link', person(1), 'The museum says you have won a free ticket :)')
    s.mt('parcel_between_people', person(1), 'Our parcel is on hold until Monday, sorry')
    s.mt('known_domain', 'Carrier', 'Your parcel is on hold, see https://track.carrier.example/77', gt=SERVICES)
    s.mt('link_between_people', person(1), 'Look at this: http://pictures.example/cat')
    s.mt('amount', person(1), 'I claim your reward was 12 or 15, remember? :)')


def links(s):
    text = 'Look: '
    s.mt('blocked', person(1), text + 'http://bad.example/x')
    s.mt('blocked_below', person(1), text + 'https://a.b.bad.example/x?y=1')
    s.mt('blocked_with_user', person(1), text + 'https://good.example@bad.example/x')
    s.mt('blocked_with_port', person(1), text + 'http://BAD.example:8080/x')
    s.mt('dots_in_words', person(1), text + 'login dot evil dot example slash a, http://login[.]evil[.]example/a')
    s.mt('broken_scheme', person(1), text + 'hxxp://evil.example/a')
    s.mt('look_alikes', person(1), text + 'http://\u0435vil.ex\u0430mple/a')
    s.parts('across_parts', person(1), ['Look at this: http://ba', 'd.example/x'], ref=41)
    s.mt('address', person(1), text + 'http://192.0.2.7/a')
    s.mt('address_as_number', person(1), text + 'http://3221225991/a')
    s.mt('punycode', person(1), text + 'http://xn--e1afmkfd.example/a')
    s.mt('unknown_origin', person(1), text + 'http://pictures.example/cat', gt=NOBODY)
    s.mt('shut_out', person(1), text + 'http://pictures.example/cat', gt=SHUT)
    s.mt('name_on_route_for_people', 'Info', text + 'http://shop.example/cat')
    s.mo('submitted', 3, person(1), text + 'http://bad.example/x')
    s.mt('people', person(1), text + 'http://pictures.example/cat')
    s.mt('like_the_blocked', person(1), text + 'http://notbad.example/x and http://bad.example.net/')
    s.mt('service', 'Shop', 'Your order: https://shop.example/77', gt=SERVICES)
    s.mt('numbers_with_dots', person(1), 'Version 1.2.3.4 came out on 24.12. at 18.30')
    s.mt('unknown_without_link', person(1), 'See you at 6', gt=NOBODY)


def names_in_links(s):
    s.mt('name_in_text', person(1), 'Demobank: unlock your card at http://unlock.example/a')
    s.mt('name_in_link', person(1), 'Unlock your card at http://demobank.login.example/a')
    s.mt('figures_in_link', person(1), 'Unlock your card at http://dem0b4nk-login.example/a')
    s.mt('dashes_in_link', person(1), 'Unlock your card at http://demo-bank.example.net/a')
    s.mt('look_alikes', person(1), 'D\u0435mob\u0430nk: unlock your card at http://unlock.example/a')
    s.mt('as_a_user', person(1), 'Unlock at https://demobank.example@unlock.example/a')
    s.mt('second_link', person(1), 'Demobank: https://demobank.example/help or http://unlock.example/a')
    s.parts('across_parts', person(1), ['Dear customer of Demo', 'bank: http://unlock.example/a'], ref=51)
    s.mt('own_link', 'Demobank', 'Demobank: your statement is at https://www.demobank.example/a', gt=SERVICES)
    s.mt('own_link_passed_on', person(1), 'The form is here: https://demobank.example/forms')
    s.mt('name_without_link', person(1), 'Meet you at the Demobank on the corner')
    s.mt('other_link', person(1), 'Look: http://pictures.example/cat')


def hidden(s):
    s.mt('look_alikes', person(1), 'C\u043bick h\u0435r\u0435 \u0430nd w\u0456n')
    s.mt('two_with_link', person(1), 'Cli\u0441k h\u0435re http://win.example/a')
    s.mt('two_under_a_name', 'Lotto', 'You w\u0456n n\u043ew', gt=SERVICES)
    s.mt('greek', person(1), 'W\u03b9n a pr\u03b9ze n\u03bfw fr\u03bfm us')
    s.mt('unseen', person(1), 'w\u200bi\u200bn\u200b n\u200bo\u200bw')
    s.mt('unseen_with_link', person(1), 'w\u200bi\u200bn http://win.example/a')
    s.mo('submitted', 3, person(1), 'C\u043bick h\u0435r\u0435 \u0430nd w\u0456n')
    s.mt('russian', person(1), 'Привет, мама! Буду в 6, купи хлеб')
    s.mt('russian_with_link', person(1), 'Смотри: http://pictures.example/cat')
    s.mt('russian_with_latin_names', person(1), 'Купил Samsung и смотрю YouTube, потом в Москву')
    s.mt('greek_text', person(1), 'Γειά σου, τι κάνεις; Θα έρθω στις 6')
    s.mt('arabic', person(1), 'مرحبا، می\u200cخواهم بیایم')
    s.mt('hindi', person(1), 'नमस्ते क्\u200dष')
    s.mt('emoji', person(1), 'We are here \U0001F468\u200d\U0001F469\u200d\U0001F467\u200d\U0001F466 \u2764\ufe0f')
    s.mt('unit', person(1), 'It is 5 µm, look: http://pictures.example/cat')
    s.mt('unit_of_one_letter', person(1), 'It has 3 Ω, look: http://pictures.example/cat')
    s.mt('one_slip', person(1), 'See you at the \u0441inema')
    s.mt('accents', 'Café', 'Crème brûlée à la carte, señor', gt=SERVICES)


def worm(s):
    for n in range(12):
        # Names and the ends of links change, as worms do.
        text = 'Hello %s, you got a voice message, listen to it here: http://voice%d.example/%04x' % (
            ('Ann', 'Ben', 'Cat', 'Dan')[n % 4], n % 3, n * 40503 & 0xFFFF)
        s.mo('worm' if n >= 8 else 'worm_at_first', 100 + n, friend(n), text)
    for n in range(12):
        s.mo('greeting', 200 + n, friend(50 + n), 'Happy new year to you and all your family, good health and luck!')
    for n in range(12):
        s.mo('vote', 300 + n, '12345', 'I vote for the third song of the evening, number 3')
    s.mo('link_between_people', 400, friend(90), 'Here is the recipe for the cake that you liked so much http://cake.example/7')


TEXT = 'Great new shoes have come in, all sizes and all colours, come and look at our shop in the old town, %s'


def floods(s):
    for n in range(9):
        s.mo('blast' if n >= 7 else 'blast_at_first', 500, friend(n), TEXT % ('dear customer %d' % n))
    for n in range(9):
        s.mt('flood' if n >= 7 else 'flood_at_first', person(7), 'The meeting of our big and happy club is on '
             'Friday the %d in the usual place by the river, bring your friends' % n, to=n)
    for n in range(9):
        s.mt('strange_flood' if n >= 7 else 'strange_flood_at_first', person(8), 'We buy old cars and old boats at '
             'good prices, ask for Tom, day or night, offer %d' % n, to=n, gt=NOBODY)
    for n in range(9):
        s.mt('rotating' if n >= 5 else 'rotating_at_first', friend(n), 'Lend money from us today without any '
             'questions, quick and easy, all here: http://lend.example/%d' % n, to=n)
    for n in range(9):
        s.mt('agreed', 'Shop', 'Your order %05d has left our house and will be with you on Monday before noon' % (n * 977),
             to=n, gt=SERVICES)
    for n in range(9):
        s.mt('greeting', friend(100 + n), 'Merry Christmas from Ann, Ben and the children, see you soon', to=n)
    s.mt('one_of_many', person(9), 'Are you coming to the lake with us on Sunday, or do you have to work again?')


def from_everywhere(label):
    """The same from a partner, a stranger, a partner with permits and the home network."""
    return zip((label, label + '_of_stranger', label + '_permitted', label + '_at_home'), (PEOPLE, NOBODY, SERVICES, HOME_SC))


def cards(s):
    order = bytes.fromhex('027000002a1502190915b00010') + bytes(20)
    card = s.gen.udh((0x70, b''))
    routes = ('stranger', NOBODY), ('partner', PEOPLE), ('hub', HUB), ('permitted', SERVICES), ('home', HOME_SC)
    for label, gt in routes:
        s.mt(label, person(1), body=order, gt=gt, pid=0x7F, dcs=0xF6, hdr=card)
    s.mt('header_alone', person(1), body=order, dcs=0x04, hdr=card)
    s.mt('identifier_alone', person(1), 'Hello', pid=0x7F)
    s.mt('phone_download', person(1), body=order, pid=0x7D, dcs=0xF5)
    s.mt('class_alone', person(1), body=order, dcs=0xF6)
    s.mt('class_in_general_group', person(1), body=order, dcs=0x16)
    s.mt('behind_another_header', person(1), body=order, dcs=0xF6, hdr=s.gen.udh((0, bytes([9, 2, 1])), (0x71, b'')))
    s.mo('subscriber', 3, '999705000004', body=order, pid=0x7F, dcs=0xF6, hdr=card)
    s.mo('test_phone', 5, '999705000004', body=order, pid=0x7F, dcs=0xF6, hdr=card)
    s.mt('text', person(1), 'Hello')
    s.mt('text_of_class_1', person(1), 'Hello', dcs=0xF1)
    s.mt('replaced', person(1), 'Hello', pid=0x41)


def programs(s):
    push = (bytes.fromhex('010603ae81ea02056a0045c60c03') + b'bad.example/x\x00\x01\x03Click' +
            bytes.fromhex('000101'))

    def to_port(port, from_port=9200):
        return s.gen.udh((5, port.to_bytes(2, 'big') + from_port.to_bytes(2, 'big')))
    for label, gt in from_everywhere('push'):
        s.mt(label, person(1), body=push, gt=gt, dcs=0xF5, hdr=to_port(2948))
    s.mt('secure_push', person(1), body=push, dcs=0xF5, hdr=to_port(2949))
    s.mt('configuration', person(1), body=push, dcs=0x04, hdr=to_port(49999))
    s.mt('push_as_text', person(1), 'Click', hdr=to_port(2948))
    part = s.gen.udh((8, bytes([1, 2, 2, 1])), (5, bytes([0x0B, 0x84, 0x23, 0xF0])))
    s.mt('push_in_parts', person(1), body=push, dcs=0xF5, hdr=part)
    s.mt('data', person(1), body=push, dcs=0x04)
    s.mt('data_of_class_1', person(1), body=push, dcs=0xF5)
    s.mt('other_port', person(1), body=push, dcs=0x04, hdr=to_port(7000))
    s.mt('small_port', person(1), 'x', hdr=s.gen.udh((4, bytes([240, 240]))))
    s.mt('data_permitted', person(1), body=push, dcs=0x04, gt=SERVICES)
    s.mo('push_of_subscriber', 3, '999705000004', body=push, dcs=0xF5, hdr=to_port(2948))
    s.mo('card_of_subscriber', 3, '999705000004', body=b'BEGIN:VCARD', dcs=0x04)
    s.mt('text', person(1), 'Hello')
    s.mt('foreign_letters', person(1), 'Привет')


def flashes(s):
    for label, gt in from_everywhere('silent'):
        s.mt(label, person(1), '', gt=gt, pid=0x40)
    s.mt('silent_with_text', person(1), 'Hello', pid=0x40, dcs=8)
    s.mt('lamp_out', person(1), '', dcs=0xC0)
    for label, gt in from_everywhere('flash'):
        s.mt(label, person(1), 'Your card is blocked', gt=gt, dcs=0xF0)
    s.mt('flash_in_general_group', person(1), 'Your card is blocked', dcs=0x10)
    s.mt('flash_in_other_letters', person(1), 'Карта', dcs=0x18)
    s.mt('flash_to_be_deleted', person(1), 'Your card is blocked', dcs=0x50)
    s.mt('warning', 'Warning', 'Storm this evening', dcs=0xF0)
    s.mt('lamp', person(1), '3 new messages', dcs=0xC8)
    s.mt('lamp_kept', person(1), '3 new messages', dcs=0xD8)
    s.mt('lamp_by_header', person(1), '3 new messages', hdr=s.gen.udh((1, bytes([0x80, 3]))))
    s.mt('call_back', person(1), 'Call me', pid=0x5F)
    s.mt('voice_mail_at_home', 'Voicemail', '3 new messages', dcs=0xC8, gt=HOME_SC)
    s.mo('silent_of_subscriber', 3, person(1), '', pid=0x40)
    s.mo('silent_of_test_phone', 5, person(1), '', pid=0x40)
    s.mt('text', person(1), 'Your card is blocked')
    s.mt('class_1', person(1), 'Hello', dcs=0xF1)


def brands(s):
    text = 'Please call us'
    s.mt('registered_elsewhere', 'DemoBank', text)
    s.mt('registered_of_stranger', 'DemoBank', text, gt=NOBODY)
    s.mt('registered_by_hub', 'DemoBank', text, gt=HUB)
    s.mt('longer_name', 'MyBank24', text)
    s.mt('figures', 'DEM0B4NK', text)
    s.mt('figures_by_service', 'DEM0B4NK', text, gt=SERVICES)
    s.mt('dots', 'Demo B.a.nk', text, gt=SERVICES)
    s.mt('accents', 'DemoBànk', text, gt=SERVICES)
    s.mt('short_code', '7070', text)
    s.mt('registered_by_service', 'DemoBank', text, gt=SERVICES)
    s.mt('registered_at_home', 'DemoBank', text, gt=HOME_SC)
    s.mt('short_code_at_home', '7070', text, gt=HOME_SC)
    s.mt('other_short_code', '7071', text)
    s.mt('other_name', 'FlowerShop', text)
    s.mt('number', person(1), text)
    s.mt('bank_of_a_service', 'OtherBank', text, gt=SERVICES)


CODE = 'Your verification code is %06d. Do not share it with anyone.'


def grey(s):
    s.mt('name', 'ChatApp', CODE % 482913)
    s.mt('short_code', '4455', CODE % 482914)
    s.mt('name_by_service', 'ChatApp', CODE % 482915, gt=SERVICES)
    s.mt('name_by_hub', 'ChatApp', CODE % 482916, gt=HUB)
    for n in range(8):
        s.mt('number' if n >= 4 else 'number_at_first', person(70), CODE % (500000 + 977 * n), to=n)
    for n in range(4):
        s.mt('passed_on', person(71 + n), CODE % (600000 + 977 * n), to=20 + n)
    for n in range(3):
        s.mt('same_receiver', person(80), CODE % (700000 + 977 * n), to=30)
    chat = ('Are you at home?', 'Love you, mum', 'ok see you later', 'thanks, I am on my way home')
    for n in range(4):
        s.mt('people', person(90 + n), chat[n % 4], to=40 + n)


def shares(s):
    chat = ('Are you at home?', 'Love you, mum', 'ok see you later', 'thanks, I am on my way home')
    for n in range(6):
        s.mt('people', person(90 + n), chat[n % 4], to=40 + n)
    for n in range(16):
        s.mt('changing' if n >= 9 else 'changing_at_first', friend(n), CODE % (300000 + 977 * n), to=n)
    for n in range(16):
        s.mt('service', friend(30 + n), CODE % (400000 + 977 * n), to=n, gt=SERVICES)


def box(s):
    for n in range(11):
        s.mo('box' if n >= 9 else 'box_at_first', 600, friend(n), CODE % (300000 + 977 * n))
    for n in range(11):
        s.mo('sweep' if n >= 8 else 'sweep_at_first', 601, person(5000 + n),
             'Good day, this is the office, please come by with your papers when you can')
    # A person with many friends, who answer.
    chat = ('Are you coming on Friday?', 'Thanks, see you there', 'ok', 'I am late, sorry', 'How is your mother?')
    for n in range(11):
        s.mo('friends', 602, friend(200 + n), chat[n % 5] + ' ' + 'xyz'[n % 3] * (n % 4))
        if n % 2:
            s.mt('answers', friend(200 + n), 'Yes, see you', to=602)
    # One invitation to many, of whom some answer, and greetings that nobody answers.
    for n in range(11):
        s.mo('greetings', 603, friend(300 + n), 'Happy new year to you and all your family, love, Ann')
    # A shop's phone: notices from one template, to customers who write to it.
    for n in range(11):
        if n < 6:
            s.mt('customers', friend(400 + n), 'Is my order ready?', to=604)
        s.mo('shop', 604, friend(400 + n), 'Your order %05d is ready, you can collect it until 18:00 today' % (n * 977))


def leased(s):
    names = ('Shop', 'Taxi', 'Gym', 'Hotel', 'Airline', 'Dentist', 'Chat', 'Games', 'Cinema', 'Pizza', 'Cards', 'School')
    for n, name in enumerate(names):
        s.mt('leased' if n >= 7 else 'leased_at_first', name, CODE % (300000 + 977 * n), gt='999810399001', to=n)
    for n, name in enumerate(names):
        s.mt('service', name, CODE % (400000 + 977 * n), gt=SERVICES, to=n)
    for n in range(12):
        s.mt('only_services' if n >= 9 else 'only_services_at_first', 'Shop', CODE % (500000 + 977 * n),
             gt='999810399002', to=n)
    chat = ('Are you at home?', 'Love you, mum', 'ok see you later', 'thanks, I am on my way home')
    for n in range(14):
        s.mt('people', person(90 + n), chat[n % 4], to=40 + n)
    for n, name in enumerate(names[:11]):
        s.mt('gateway', name, 'Your order is ready', to=n)
    s.mt('foreign_centre', 'Shop', CODE % 1, gt='999810399003', sca='999820300001')
    s.mt('own_centre', 'Shop', CODE % 2, gt='999810399003', sca='999810300009')
    s.mt('unknown_centre', 'Shop', CODE % 3, gt='999810399003', sca='999660300009')
    s.mt('person_by_foreign_centre', person(1), 'Love you, mum', gt='999810399003', sca='999820300001')


STORIES = {
    'lists': lists, 'content-words': words, 'content-lures': lures, 'links': links, 'links-names': names_in_links,
    'hidden-text': hidden, 'campaigns-worm': worm, 'campaigns-floods': floods, 'binary-cards': cards,
    'binary-programs': programs, 'flash': flashes, 'brands': brands, 'grey-a2p': grey, 'grey-a2p-shares': shares,
    'sim-box': box, 'leased-gt': leased,
}


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    gen = load(sys.argv[1])
    folder = sys.argv[2] if len(sys.argv) > 2 else os.path.join(os.path.dirname(os.path.abspath(__file__)), 'attacks')
    os.makedirs(folder, exist_ok=True)
    for name, tell in STORIES.items():
        s = story(gen, folder, name)
        s.gen = gen
        tell(s)
        s.close()


if __name__ == '__main__':
    main()
